//! What the Kubernetes operator refuses of a change.

use std::fs;
use std::path::Path;

use super::common::out;
use super::{cluster, commit, repository, run, told, write};

/// The lines on which `forbidden-spec-change` speaks.
fn forbidden(folder: &Path) -> Vec<String> {
    let (new, _) = told(
        folder,
        "main",
        &["--select=forbidden-spec-change,unused-ignore"],
    );
    new
}

#[test]
fn a_change_that_the_operator_refuses_is_told_of_the_same_resource_wherever_it_stands() {
    let folder = repository(&[
        ("k8s/a.yaml", &cluster("a", "")),
        ("k8s/b.yaml", &cluster("b", "")),
    ]);
    let root = folder.path();
    let standalone = cluster("a", "  mode: standalone\n");
    assert_eq!(forbidden(root), Vec::<String>::new());
    write(root, "k8s/a.yaml", &standalone);
    let new = ["k8s/a.yaml:8 forbidden-spec-change"];
    assert_eq!(forbidden(root), new);
    assert!(!out(&run(root, &[])).contains("forbidden-spec-change"));
    // Moved to another file, with others above it.
    fs::remove_file(root.join("k8s/a.yaml")).expect("removed");
    write(
        root,
        "k8s/b.yaml",
        &format!("{}---\n{standalone}", cluster("b", "")),
    );
    assert_eq!(forbidden(root), ["k8s/b.yaml:20 forbidden-spec-change"]);
    // In a renamed file.
    write(root, "k8s/b.yaml", &cluster("b", ""));
    write(root, "prod/a.yaml", &standalone);
    assert_eq!(forbidden(root), ["prod/a.yaml:8 forbidden-spec-change"]);
    // A copy is another resource of the same name, as for another cluster of Kubernetes.
    write(root, "k8s/a.yaml", &cluster("a", ""));
    assert_eq!(forbidden(root), Vec::<String>::new());
    // Of another name it is another resource.
    fs::remove_dir_all(root.join("prod")).expect("removed");
    write(
        root,
        "k8s/a.yaml",
        &standalone.replace("name: a", "name: c"),
    );
    assert_eq!(forbidden(root), Vec::<String>::new());
}

#[test]
fn what_is_said_of_a_patch_or_with_a_placeholder_is_not_known() {
    let patch = "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nmetadata:\n  name: a\nspec:\n";
    let folder = repository(&[
        (
            "k8s/a.yaml",
            &cluster(
                "a",
                "  mode: standalone\n  job:\n    jarURI: local:///a.jar\n    parallelism: 1\n",
            ),
        ),
        (
            "patch/a.yaml",
            &format!("{patch}  mode: standalone\n  job:\n    parallelism: 1\n"),
        ),
    ]);
    let root = folder.path();
    // Neither job nor mode is missing in what lies over another file.
    write(
        root,
        "patch/a.yaml",
        &format!("{patch}  flinkVersion: v1_20\n"),
    );
    assert_eq!(forbidden(root), Vec::<String>::new());
    write(
        root,
        "k8s/a.yaml",
        &cluster(
            "a",
            "  mode: ${MODE}\n  job:\n    jarURI: local:///a.jar\n    parallelism: 1\n",
        ),
    );
    assert_eq!(forbidden(root), Vec::<String>::new());
}

#[test]
fn a_change_can_be_ignored_and_the_comment_stays() {
    let folder = repository(&[("k8s/a.yaml", &cluster("a", ""))]);
    let root = folder.path();
    let comment =
        "  # flint: ignore[forbidden-spec-change] created anew by hand\n  mode: standalone\n";
    write(root, "k8s/a.yaml", &cluster("a", comment));
    assert_eq!(forbidden(root), Vec::<String>::new());
    commit(root);
    let said = out(&run(
        root,
        &["--select=forbidden-spec-change,unused-ignore"],
    ));
    assert!(said.starts_with("No problems"), "{said}");
}
