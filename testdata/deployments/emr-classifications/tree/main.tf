resource "aws_emr_cluster" "cluster" {
  release_label = "emr-6.9.0"
  configurations_json = <<EOF
[
  {
    "Classification": "flink-conf",
    "Properties": {
      "taskmanager.numberOfTaskSlots": "4 slots",
      "rest.portt": "8081",
      "parallelism.default": "${var.parallelism}"
    }
  },
  {"Classification": "yarn-site", "Properties": {"rest.portt": "1"}}
]
EOF
  bootstrap = jsonencode([{ Classification = "flink-conf", Properties = { "rest.portt" = "1" } }])
}
