//! Wherever kernel parameters are set, they are found, and an edit of one changes its value on its line and
//! nothing else, whatever the line breaks are.

use flint::recognise;
use flint::syntax::{Document, Scope, Setting, Space};
use flint::text::{Source, SourceId, apply};

/// A file that sets parameters.
struct Case {
    path: &'static str,
    text: &'static str,
    /// Whose each is, what the kernel calls it, its value, and another value that it could have.
    says: &'static [(Scope, &'static str, &'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        path: "k8s/nodes.yaml",
        text: "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: tune}
spec:
  template:
    spec:
      hostNetwork: true
      initContainers:
        - name: sysctl
          image: busybox
          securityContext: {privileged: true}
          command: [sh, -c]
          args:
            - |
              # of the nodes
              sysctl -w net.core.somaxconn=1024
              sysctl -w vm.swappiness=60 || true
              echo 80 > /proc/sys/vm/dirty_ratio
      containers: [{name: pause, image: pause}]
",
        says: &[
            (Scope::Machine, "net.core.somaxconn", "1024", "4096"),
            (Scope::Machine, "vm.swappiness", "60", "1"),
            (Scope::Machine, "vm.dirty_ratio", "80", "20"),
        ],
    },
    Case {
        path: "k8s/pod.yaml",
        text: "\
apiVersion: v1
kind: Pod
metadata: {name: tm}
spec:
  initContainers:
    - name: sysctl
      image: busybox
      securityContext: {privileged: true}
      command: ['sh', '-c', 'sysctl -w net.ipv4.tcp_rmem=\"4096 87380 212992\" vm.max_map_count=65530']
  containers: [{name: tm, image: 'flink:1.20'}]
",
        says: &[
            (
                Scope::Pod,
                "net.ipv4.tcp_rmem",
                "4096 87380 212992",
                "4096 131072 16777216",
            ),
            (Scope::Machine, "vm.max_map_count", "65530", "1048576"),
        ],
    },
    Case {
        path: "roles/flink/files/tuned.conf",
        text: "\
# Nodes of Flink
[main]
include=throughput-performance

[sysctl]
net.ipv4.tcp_rmem=\"4096 87380 212992\"  # small
vm.swappiness = 60

[vm]
transparent_hugepages=madvise
",
        says: &[
            (
                Scope::Machine,
                "net.ipv4.tcp_rmem",
                "4096 87380 212992",
                "4096 131072 16777216",
            ),
            (Scope::Machine, "vm.swappiness", "60", "1"),
        ],
    },
    Case {
        path: "k8s/tuned.yaml",
        text: "\
apiVersion: tuned.openshift.io/v1
kind: Tuned
metadata: {name: flink}
spec:
  profile:
    - name: flink
      data: |
        [main]
        summary=Nodes of Flink
        [sysctl]
        # for TaskManagers
        net.core.somaxconn=1024
        vm.swappiness=60
  recommend: [{priority: 20, profile: flink}]
",
        says: &[
            (Scope::Machine, "net.core.somaxconn", "1024", "4096"),
            (Scope::Machine, "vm.swappiness", "60", "1"),
        ],
    },
    Case {
        path: "roles/flink/tasks/main.yml",
        text: "\
---
- name: Room for many mappings
  ansible.posix.sysctl:
    name: vm.max_map_count
    value: '65530' # as ever
    state: present
- name: Buffers
  sysctl: name={{ item.key }} value={{ item.value }}
  when: false
- name: Buffers of Flink
  sysctl:
    name: \"{{ item.name }}\"
    value: \"{{ item.value }}\"
    sysctl_file: /etc/sysctl.d/99-flink.conf
  loop:
    - {name: net.ipv4.tcp_rmem, value: \"4096 87380 212992\"}
    - name: net.core.somaxconn
      value: 1024
",
        says: &[
            (Scope::Machine, "vm.max_map_count", "65530", "1048576"),
            (
                Scope::Machine,
                "net.ipv4.tcp_rmem",
                "4096 87380 212992",
                "4096 131072 16777216",
            ),
            (Scope::Machine, "net.core.somaxconn", "1024", "4096"),
        ],
    },
    Case {
        path: "nodes/system-config.yaml",
        text: "\
kubeletConfig:
  cpuManagerPolicy: static
linuxConfig:
  sysctl:
    net.core.somaxconn: '1024' # of flink
    net.ipv4.tcp_rmem: 4096 87380 212992
",
        says: &[
            (Scope::Machine, "net.core.somaxconn", "1024", "4096"),
            (
                Scope::Machine,
                "net.ipv4.tcp_rmem",
                "4096 87380 212992",
                "4096 131072 16777216",
            ),
        ],
    },
    Case {
        path: "nodes/linuxosconfig.json",
        text: "{\n  \"sysctls\": {\n    \"netCoreSomaxconn\": 1024,\n    \"netIpv4IpLocalPortRange\": \"1024 65000\"\n  }\n}\n",
        says: &[
            (Scope::Machine, "net.core.somaxconn", "1024", "4096"),
            (
                Scope::Machine,
                "net.ipv4.ip_local_port_range",
                "1024 65000",
                "32768 60999",
            ),
        ],
    },
    Case {
        path: "nodes/userdata.toml",
        text: "[settings.kernel.sysctl]\n\"net.core.somaxconn\" = \"1024\" # few\n",
        says: &[(Scope::Machine, "net.core.somaxconn", "1024", "4096")],
    },
    Case {
        path: "nodes/worker.yaml",
        text: "machine:\n  type: worker\n  sysctls: {vm.swappiness: \"60\", vm/max_map_count: 65530}\n",
        says: &[
            (Scope::Machine, "vm.swappiness", "60", "1"),
            (Scope::Machine, "vm.max_map_count", "65530", "1048576"),
        ],
    },
    Case {
        path: "nodes/cluster.yaml",
        text: "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nspec:\n  sysctlParameters:\n  - \"net.ipv4.tcp_rmem=4096 87380 212992\"\n  - vm.swappiness = 60 # low\n",
        says: &[
            (
                Scope::Machine,
                "net.ipv4.tcp_rmem",
                "4096 87380 212992",
                "4096 131072 16777216",
            ),
            (Scope::Machine, "vm.swappiness", "60", "1"),
        ],
    },
    Case {
        path: "cloud/user-data",
        text: "#cloud-config\nwrite_files:\n  - path: /etc/sysctl.d/99-flink.conf\n    permissions: '0644'\n    content: |\n      # of Flink\n      vm.swappiness = 60\n      vm.max_map_count=65530\nruncmd:\n  - sysctl --system\n",
        says: &[
            (Scope::Machine, "vm.swappiness", "60", "1"),
            (Scope::Machine, "vm.max_map_count", "65530", "1048576"),
        ],
    },
    Case {
        path: "karpenter/nodes.yaml",
        text: "\
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: flink}
spec:
  userData: |
    #!/bin/bash
    # Don't wait
    echo 'net.ipv4.tcp_rmem=4096 87380 212992' >> /etc/sysctl.conf
    sysctl -p
    cat <<'EOF' > /etc/sysctl.d/99-flink.conf
    vm.swappiness = 60
    EOF
",
        says: &[
            (
                Scope::Machine,
                "net.ipv4.tcp_rmem",
                "4096 87380 212992",
                "4096 131072 16777216",
            ),
            (Scope::Machine, "vm.swappiness", "60", "1"),
        ],
    },
];

fn found<'d>(documents: &'d [Document], key: &str) -> (&'d Document, &'d Setting) {
    let own = documents.iter().filter(|own| own.space == Space::Sysctl);
    let mut holding = own.filter_map(|own| Some((own, own.get(key)?)));
    holding
        .next()
        .unwrap_or_else(|| panic!("{key} in {documents:#?}"))
}

#[test]
fn parameters_are_found_and_edited_where_they_stand() {
    for case in CASES {
        let open = |text: &str| text.trim_end_matches(['\r', '\n']).to_owned();
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let marked = |text: &str| format!("\u{feff}{text}");
        let shapes: [&dyn Fn(&str) -> String; 5] = [
            &str::to_owned,
            &open,
            &crlf,
            &|text| open(&crlf(text)),
            &marked,
        ];
        for shape in shapes {
            let text = shape(case.text);
            assert!(recognise::worth_parsing(case.path, text.as_bytes(), false));
            let source = Source::new(SourceId(0), case.path, text.as_str());
            let documents = recognise::read(&source, false, false);
            let all = documents.iter().flat_map(|own| &own.settings);
            assert_eq!(all.count(), case.says.len(), "{text}: {documents:#?}");
            for (scope, key, value, other) in case.says {
                let (document, setting) = found(&documents, key);
                let says = (document.scope, setting.value.as_str(), setting.known);
                assert_eq!(says, (*scope, *value, true), "{key} in {text}");
                let edit = document.set(&source, setting, other).expect("an edit");
                let after = String::from_utf8(apply(&source.bytes, &[&edit])).expect("a text");
                let at = setting.value_at.range();
                let quoted = text[at.clone()].replace(value, other);
                let expected = format!("{}{quoted}{}", &text[..at.start], &text[at.end..]);
                assert_eq!(after, expected, "{key} in {text}");
                let again = Source::new(SourceId(0), case.path, after.as_str());
                let documents = recognise::read(&again, false, false);
                let (_, setting) = found(&documents, key);
                assert_eq!(setting.value, *other, "{key} in {after}");
            }
        }
    }
}
