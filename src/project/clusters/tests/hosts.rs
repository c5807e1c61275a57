//! Dockerfiles and `workers` files; files that break off.

use super::kubernetes::{KUSTOMIZATION, manifest};
use super::{CONF, beside, shown};

#[test]
fn files_that_break_off_anywhere_do_no_harm() {
    let env = "        env: [{name: FLINK_PROPERTIES, value: \"a.b: é\"}]\n";
    let compose = "x: &x {FLINK_PROPERTIES: \"a: é\"}\nservices:\n  tm:\n    extends: {service: tm}\n    \
                   command: [\"-D\", 'é=$']\n    volumes: [\"./conf:/f/conf\", {source: a}]\n    \
                   environment: {<<: *x}\n    mem_limit: 1.5g\n";
    let docker = "FROM flink:1.18\nENV A=\"é\\\n FLINK_PROPERTIES='a.b: \\é'\nRUN <<EOF\n\
                  echo \"é: 1\" >> conf/config.yaml\nEOF\n";
    let deployment = manifest("Deployment", "  replicas: 2\n", env);
    for (path, text) in [
        ("docker-compose.yml", compose),
        ("Dockerfile", docker),
        ("tm.yaml", &deployment),
        ("kustomization.yaml", KUSTOMIZATION),
        ("conf/workers", "é\n# é\nhost"),
    ] {
        for (end, _) in text.char_indices() {
            let _ = beside(path, &text[..end]);
            let _ = beside(path, &text[end..]);
        }
    }
}

#[test]
fn a_dockerfile_above_the_configuration_silences_what_it_writes() {
    for (text, expected) in [
        (
            "ENV FLINK_PROPERTIES=\"a.b: 1\\nc.d: 2\" \\\n    X=y",
            "a.b; c.d",
        ),
        (
            "ENV TASK_MANAGER_NUMBER_OF_TASK_SLOTS 4",
            "taskmanager.numberOfTaskSlots",
        ),
        (
            "RUN echo \"a.b: 1\" >> /opt/flink/conf/flink-conf.yaml && \\\n    \
             echo 'c.d: 2' | tee -a $FLINK_HOME/conf/flink-conf.yaml",
            "a.b; c.d",
        ),
        (
            "RUN { echo 'a.b: 1'; echo 'c.d: 2'; } >> $FLINK_HOME/conf/flink-conf.yaml",
            "a.b; c.d",
        ),
        (
            "RUN cat <<EOF >> /opt/flink/conf/flink-conf.yaml\na.b: 1\nEOF\nRUN x",
            "a.b",
        ),
        ("RUN cat more >> /opt/flink/conf/flink-conf.yaml", "*"),
        ("RUN sed -i 's/a/b/' /opt/flink/conf/config.yaml", "*"),
        ("RUN envsubst < x > /opt/flink/conf/flink-conf.yaml", "*"),
        ("RUN rm /opt/flink/conf/flink-conf.yaml && mkdir x", ""),
        ("COPY conf/flink-conf.yaml /opt/flink/conf/", ""),
        ("ENTRYPOINT [\"/start.sh\"]", "*"),
        ("COPY docker-entrypoint.sh /", "*"),
        ("ENTRYPOINT [\"/docker-entrypoint.sh\"]", ""),
    ] {
        let text = format!("FROM flink:1.18\n# a comment\n{text}\n");
        assert_eq!(beside("Dockerfile", &text), expected, "{text}");
        assert_eq!(beside("other/Dockerfile", &text), "", "{text}");
    }
}

#[test]
fn hosts_count_where_nothing_runs_in_containers() {
    let hosts = "# all of them\nhost-1\n\nhost-2 # the big one\n";
    assert_eq!(beside("conf/workers", hosts), "n=2 the hosts");
    assert_eq!(beside("conf/slaves", hosts), "");
    assert_eq!(beside("workers", hosts), "");
    assert_eq!(beside("conf/workers", "# none\n"), "");
    assert_eq!(beside("conf/workers", "{{ host }}\n"), "");
    for (path, text) in [
        (
            "docker/docker-compose.yml",
            "services:\n  a:\n    image: flink:1.18\n",
        ),
        ("Dockerfile", "FROM flink:1.18\n"),
        (
            "x.yaml",
            "kind: FlinkDeployment\nspec:\n  flinkVersion: v1_18\n",
        ),
    ] {
        let all = [("conf/flink-conf.yaml", CONF), ("conf/workers", hosts)];
        assert_eq!(shown(&[all[0], all[1], (path, text)]), "", "{path}");
    }
}

#[test]
fn hosts_do_not_count_where_a_resource_manager_starts_its_own() {
    let of =
        |conf: &str, hosts: &str| shown(&[("conf/flink-conf.yaml", conf), ("conf/workers", hosts)]);
    let more = |line: &str| format!("taskmanager.numberOfTaskSlots: 2\n{line}\n");
    for line in ["execution.target: yarn-session", "yarn.application.name: x"] {
        assert_eq!(of(&more(line), "host-1\nhost-2\n"), "", "{line}");
    }
    // As Flink ships it the file is in use only where everything runs on one host.
    assert_eq!(
        of(&more("jobmanager.rpc.address: master"), "localhost\n"),
        ""
    );
    assert_eq!(
        of(&more("jobmanager.rpc.address: localhost"), "localhost\n"),
        "n=1 the hosts"
    );
}
