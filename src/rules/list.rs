//! Every rule, one a line: its page, and the function that checks it. `declared` stands for rules whose
//! page states the check itself, `engine` for those whose findings the suppression of findings makes.

use super::Entry;

macro_rules! rules {
    ($($name:literal => $($code:ident)::+;)*) => {
        /// Every rule, sorted by name like the front matter.
        #[rustfmt::skip]
        pub static RULES: &[Entry] = &[$(Entry {
            page: include_str!(concat!("../../rules/", $name, ".md")),
            code: rules!(@code $($code)::+),
        }),*];
    };
    (@code declared) => { None };
    (@code engine) => { None };
    (@code $($code:ident)::+) => { Some(super::$($code)::+) };
}

#[rustfmt::skip]
rules! {
    "auto-watermark-interval-off" => code::watermarks::interval_off;
    "autoscaler-option-invalid" => operator::autoscaler_option_invalid;
    "autoscaler-unprepared" => manifest::autoscaler_unprepared;
    "blank-in-directory-list" => values::blank_in_directory_list;
    "both-old-and-new-option" => keys::both_old_and_new_option;
    "byte-order-mark" => conf_lines::byte_order_mark;
    "cancellation-timeout-off" => housekeeping::cancellation_timeout;
    "changelog-in-memory-storage" => declared;
    "changelog-not-shipped" => declared;
    "checkpoint-dir-not-shared" => containers::dirs::checkpoints;
    "checkpoint-dir-without-scheme" => start::paths::without_scheme;
    "checkpoint-storage-without-dir" => declared;
    "checkpointing-in-batch" => declared;
    "checkpointing-options-without-interval" => start::ineffective::without_interval;
    "checkpoints-in-jobmanager-memory" => declared;
    "checkpoints-lost-on-cancel" => start::checkpoints::lost_on_cancel;
    "compose-missing-rpc-address" => containers::rpc::check;
    "compose-properties-not-applied" => containers::folded::check;
    "concurrent-checkpoints" => declared;
    "conflicting-options" => start::conflicts::conflicting_options;
    "container-bind-localhost" => containers::address::bind_localhost;
    "container-memory-mismatch" => memory::container_memory_mismatch;
    "costly-diagnostics" => housekeeping::costly_diagnostics;
    "delivery-guarantee-none" => code::reliability::delivery_guarantee_none;
    "deprecated-option" => keys::deprecated_option;
    "deprecated-watermark-assigner" => code::assigners::check;
    "disable-chaining-globally" => declared;
    "downstream-parallelism-lower" => code::parallelism::downstream_parallelism_lower;
    "duplicate-key" => duplicate_key::check;
    "duration-without-unit" => values::duration_without_unit;
    "evictor-blocks-preaggregation" => code::windows::evictor;
    "excessive-lateness" => code::lateness::excessive;
    "few-restart-attempts" => declared;
    "fixed-delay-single-attempt" => start::restart::single_attempt;
    "flink-kafka-consumer" => code::reliability::flink_kafka_consumer;
    "flink-version-mismatch" => manifest::flink_version_mismatch;
    "forced-kryo" => kryo_use::forced_kryo;
    "generated-config-committed" => generated::check;
    "ha-dir-not-shared" => containers::dirs::high_availability;
    "ha-without-checkpointing" => declared;
    "hardcoded-parallelism" => code::parallelism::hardcoded_parallelism;
    "hash-cuts-value" => conf_lines::hash_cuts_value;
    "heartbeat-too-short" => housekeeping::heartbeat_too_short;
    "high-availability-incomplete" => declared;
    "history-server-incomplete" => housekeeping::history_server;
    "ignored-line" => conf_lines::ignored_line;
    "ineffective-block-cache" => declared;
    "ineffective-option" => start::ineffective::ineffective_option;
    "invalid-serialization-config" => kryo::invalid_serialization_config;
    "invalid-value" => values::invalid_value;
    "invented-option" => keys::invented_option;
    "java-home-not-seen" => jvm::java_home_not_seen;
    "java-serializer-in-kryo" => kryo_use::java_serializer;
    "jm-replicas-without-ha" => containers::replicas::check;
    "jvm-flag-overrides-memory" => jvm::jvm_flag_overrides_memory;
    "kafka-transactions-without-prefix" => code::reliability::transactions_without_prefix;
    "key-by-position" => code::parallelism::key_by_position;
    "key-group-skew" => parallelism::key_group_skew;
    "large-rpc-frame" => housekeeping::large_rpc_frame;
    "late-records-dropped" => code::lateness::late_records_dropped;
    "leaked-class-loader-check-off" => housekeeping::leaked_class_loader;
    "legacy-quotes-kept" => conf_lines::legacy_quotes_kept;
    "list-on-comma-option" => values::list_on_comma_option;
    "low-rocksdb-block-cache" => declared;
    "low-rocksdb-memory" => resources::rocksdb::low_rocksdb_memory;
    "managed-memory-unused" => resources::managed::managed_memory_unused;
    "map-under-scalar-option" => values::map_under_scalar_option;
    "max-parallelism-below-parallelism" => parallelism::max_parallelism_below_parallelism;
    "memory-infeasible" => memory::memory_infeasible;
    "memory-not-configured" => memory::memory_not_configured;
    "memory-shadowed" => memory::memory_shadowed;
    "metrics-reporter-without-factory" => reporters::without_factory;
    "metrics-scope-without-variables" => metric_scope::check;
    "min-pause-above-interval" => start::checkpoints::min_pause_above_interval;
    "misplaced-ignore" => engine;
    "misplaced-option" => keys::misplaced_option;
    "missing-add-opens" => jvm::missing_add_opens;
    "missing-allowed-lateness" => lateness::check;
    "missing-idleness" => code::watermarks::missing_idleness;
    "missing-kryo-registration" => kryo::missing_kryo_registration;
    "misspelled-option" => keys::misspelled_option;
    "mixed-option-generations" => keys::mixed_option_generations;
    "nested-yaml-in-legacy-conf" => conf_lines::nested_yaml;
    "network-memory-too-small" => resources::network::network_memory_too_small;
    "no-checkpointing" => code::reliability::no_checkpointing;
    "no-such-kryo-registrator" => kryo::no_such_kryo_registrator;
    "no-tolerable-failures" => declared;
    "no-watermark-strategy" => code::watermarks::none;
    "operator-feature-incomplete" => operator::operator_feature_incomplete;
    "operator-field-invalid" => operator::operator_field_invalid;
    "operator-field-missing" => operator::operator_field_missing;
    "operator-forbidden-option" => operator::operator_forbidden_option;
    "operator-overrides-option" => manifest::operator_overrides_option;
    "operator-resources-invalid" => operator::operator_resources_invalid;
    "operator-stateless-upgrade" => manifest::operator_stateless_upgrade;
    "option-removed" => keys::option_removed;
    "option-too-new" => keys::option_too_new;
    "out-of-range" => start::bounds::out_of_range;
    "parallelism-exceeds-slots" => parallelism::parallelism_exceeds_slots;
    "parent-first-class-loading" => housekeeping::parent_first;
    "plaintext-secret" => secrets::check;
    "port-conflict" => containers::ports::conflict;
    "prefix-conflict" => keys::prefix_conflict;
    "processing-time-window-on-event-data" => code::windows::processing_time;
    "prometheus-port-collision" => containers::ports::prometheus;
    "public-rest-endpoint" => housekeeping::public_rest_endpoint;
    "redundant-default" => values::redundant_default;
    "refused-jar-uri" => operator::refused_jar_uri;
    "reporter-parameter-unknown" => reporters::unknown_parameter;
    "restart-disabled" => start::restart::disabled;
    "restart-options-for-other-strategy" => start::restart::options_for_other_strategy;
    "rocksdb-local-dir-not-absolute" => start::paths::local_dir;
    "savepoints-in-checkpoint-dir" => start::checkpoints::savepoints_in_checkpoint_dir;
    "serialization-config-needs-yaml" => kryo::serialization_config_needs_yaml;
    "service-port-without-fixed-option" => containers::ports::without_fixed_option;
    "session-job-mismatch" => operator::session_job_mismatch;
    "set-stream-time-characteristic" => code::characteristic::check;
    "shell-quoting" => jvm::shell_quoting;
    "short-checkpoint-interval" => declared;
    "size-without-unit" => values::size_without_unit;
    "sliding-window-overlap" => code::windows::sliding_overlap;
    "slots-vs-cpu" => parallelism::slots_vs_cpu;
    "small-tcp-buffers" => small_tcp_buffers::check;
    "ssl-without-keystore" => declared;
    "sysctl-not-settable-in-container" => sysctls::not_settable_in_container;
    "tiny-heap" => memory::tiny_heap;
    "tmp-as-state-storage" => start::checkpoints::tmp_as_state_storage;
    "unaligned-from-the-start" => declared;
    "unknown-option" => keys::unknown_option;
    "unknown-rule" => engine;
    "unparsable-job-config" => yaml_load::unparsable_job_config;
    "unquoted-normalised-value" => values::unquoted_normalised_value;
    "unquoted-reporter-parameter" => reporters::unquoted_parameter;
    "unread-option" => keys::unread_option;
    "unsupported-jvm-option" => jvm::unsupported_jvm_option;
    "unused-ignore" => engine;
    "upgrade-without-state-directory" => operator::upgrade_without_state_directory;
    "value-type-changed" => values::value_type_changed;
    "wildcard-address" => containers::address::wildcard;
    "window-keeps-every-element" => code::windows::keeps_every_element;
    "wrong-config-file" => wrong_config_file::check;
    "yaml-does-not-load" => yaml_load::does_not_load;
    "zero-out-of-orderness" => code::lateness::zero_out_of_orderness;
}
