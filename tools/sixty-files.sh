#!/usr/bin/env bash
# Fills a folder with 60 files of 12 Flink deployments, most of them with something wrong. Their findings depend
# on more than one file: slots come from a compose file, sizes from the cluster's file, versions from images.
# Usage: tools/sixty-files.sh FOLDER
set -euo pipefail
cd "$1"
for number in 01 02 03 04 05 06 07 08 09 10 11 12; do
  odd=$((10#$number % 2))
  mkdir -p "$number/conf" "$number/host" "$number/sql" "$number/jobs"
  {
    echo 'jobmanager.memory.process.size: 1600m'
    echo 'taskmanager.memory.process.size: 1728m'
    [ "$odd" -eq 0 ] || echo 'taskmanager.numberOfTaskSlots: 2'
    echo 'taskmanager.numberOfTaskSlots: 4'
    [ "$odd" -eq 1 ] || echo 'parallelism.default:3'
    echo 'taskmanger.memory.managed.size: 64m'
  } > "$number/conf/flink-conf.yaml"
  cat > "$number/docker-compose.yml" <<YAML
services:
  taskmanager:
    image: flink:1.$((17 + odd))
    command: taskmanager
    volumes: ["./conf:/opt/flink/conf"]
    environment:
      FLINK_PROPERTIES: |
        taskmanager.numberOfTaskSlots: $((odd + 4))
        state.backend.rocksdb.block.cache-size: 64mb
YAML
  {
    echo '# hosts of the Flink TaskManagers'
    echo 'net.core.rmem_max = 1310720'
    [ "$odd" -eq 0 ] || echo 'net.ipv4.tcp_rmem = 4096 87380 212992'
  } > "$number/host/sysctl.conf"
  cat > "$number/sql/orders.sql" <<'SQL'
SET 'table.exec.mini-batch.alow-latency' = '5 s';
CREATE TABLE orders (
  id STRING,
  at TIMESTAMP(3),
  WATERMARK FOR at AS at
) WITH ('connector' = 'kafka', 'topic' = 'orders');
SQL
  cat > "$number/jobs/orders.toml" <<'TOML'
# a Flink job
[revenue]
window_size = "5 min"
watermark_delay = "10 s"
TOML
done
