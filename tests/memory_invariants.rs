//! What holds for the memory of any process, held against 100,000 random ones.

mod memory_model;

use flint::flink::memory::{
    Failure, GENERATIONS, Key, MOST, MemoryError, Mode, Part, Preset, Process, Why,
};
use flint::flink::value::{parse_double, parse_float, parse_integer, parse_memory};
use flint::flink::version::Versions;
use memory_model::answer::Answer;
use memory_model::{Question, Random};
use std::collections::BTreeMap;

const CASES: usize = 100_000;

fn sum<'p>(parts: impl IntoIterator<Item = &'p Part>) -> u128 {
    parts.into_iter().map(|part| u128::from(part.bytes)).sum()
}

/// The parts are all there is, what is set counts, and what is derived keeps to its limits.
fn holds_together(question: &Question, answer: &Answer) {
    let process = u128::from(answer.process.bytes);
    assert_eq!(sum(&answer.inner), u128::from(answer.flink.bytes));
    assert_eq!(
        sum([&answer.flink, &answer.metaspace, &answer.overhead]),
        process
    );
    assert!(process <= u128::from(MOST));
    for (key, part) in &answer.parts {
        // Each size that is set is the size that counts.
        if question.text(*key).is_some() {
            assert_eq!(part.why, Why::Set, "{key:?}");
            assert_eq!(Some(part.bytes), question.bytes(*key), "{key:?}");
        }
        explained(question, *part, Some(*key));
    }
    let least_and_most = |least, most| {
        let limit = |key| question.bytes(key).expect("an answer read it");
        (limit(least), limit(most))
    };
    let (least, most) = match question.process {
        Process::TaskManager => least_and_most(Key::TaskOverheadLeast, Key::TaskOverheadMost),
        Process::JobManager => least_and_most(Key::JobOverheadLeast, Key::JobOverheadMost),
    };
    assert!((least..=most).contains(&answer.overhead.bytes));
    explained(question, answer.overhead, None);
    if let Some(network) = answer.network {
        explained(question, network, None);
        let (least, most) = least_and_most(Key::NetworkLeast, Key::NetworkMost);
        let limits = [Key::NetworkLeast, Key::NetworkMost, Key::NetworkFraction];
        let newer = limits.iter().any(|key| question.text(*key).is_some());
        let buffers = question.text(Key::NetworkBuffers).filter(|_| !newer);
        match buffers.map(|text| parse_integer(text).expect("an answer read it")) {
            Some(number) => {
                let segment = question.bytes(Key::SegmentSize).expect("an answer read it");
                let number = u64::try_from(number).expect("an answer took it");
                assert_eq!(network.bytes, number * segment);
            }
            None => assert!((least..=most).contains(&network.bytes)),
        }
        assert!(answer.cores.is_finite() && answer.cores >= 0.0);
    }
    let heap = answer.heap;
    let mut flags = format!("-Xmx{heap} -Xms{heap}");
    if let Some(direct) = answer.direct {
        flags.push_str(&format!(" -XX:MaxDirectMemorySize={direct}"));
    }
    flags.push_str(&format!(" -XX:MaxMetaspaceSize={}", answer.metaspace.bytes));
    assert_eq!(answer.flags, flags);
}

/// The reason of a part is true of the settings.
fn explained(question: &Question, part: Part, own: Option<Key>) {
    let in_force = |key: &str| question.get(key);
    assert_eq!(
        part.set,
        part.key.is_some_and(|key| in_force(key).is_some())
    );
    let text = part.key.and_then(in_force);
    match part.why {
        Why::Set => assert_eq!(
            text.and_then(|text| parse_memory(text).ok()),
            Some(part.bytes)
        ),
        Why::Default => assert_eq!(own.and_then(|key| question.bytes(key)), Some(part.bytes)),
        Why::Fraction { fraction, of } => {
            if let Some(text) = text {
                assert_eq!(parse_float(text).map(f64::from), Ok(fraction));
            }
            #[expect(clippy::cast_precision_loss, reason = "so near is near enough")]
            let (bytes, wanted) = (part.bytes as f64, of as f64 * fraction);
            // Off by the rounding of both, which for memory beside other memory is divided by the rest.
            let off = (1.0 + wanted * 1e-14) / (1.0 - fraction) + wanted * 1e-14;
            assert!((bytes - wanted).abs() <= off, "{part:?}");
        }
        Why::Least { derived } => assert!(derived < part.bytes),
        Why::Most { derived } => assert!(derived > part.bytes),
        Why::Legacy => {
            let key = part.key.expect("the old key");
            assert!(key.contains(".heap.") && question.version.within(Versions::LEGACY));
        }
        Why::Buffers => assert_eq!(part.key, Some(Key::NetworkBuffers.name())),
        Why::Rest | Why::Sum => assert_eq!(part.key, None),
    }
}

/// What Flink hands to the process it starts gives the process the same memory.
fn is_a_fixed_point(question: &Question, answer: &Answer) {
    let mut again = Question {
        mode: Mode::Direct,
        settings: Vec::new(),
        ..*question
    };
    let mut set = |key: Key, bytes: u64| again.set(key.name(), format!("{bytes}b"));
    let (least, most) = match question.process {
        Process::TaskManager => (Key::TaskOverheadLeast, Key::TaskOverheadMost),
        Process::JobManager => (Key::JobOverheadLeast, Key::JobOverheadMost),
    };
    for (key, part) in &answer.parts {
        if !matches!(
            key,
            Key::TaskFlink | Key::TaskProcess | Key::JobFlink | Key::JobProcess
        ) {
            set(*key, part.bytes);
        }
    }
    set(least, answer.overhead.bytes);
    set(most, answer.overhead.bytes);
    if let Some(network) = answer.network {
        set(Key::NetworkLeast, network.bytes);
        set(Key::NetworkMost, network.bytes);
        again.set(Key::Cores.name(), answer.cores.to_string());
        again.set(Key::Slots.name(), answer.slots.to_string());
    } else if answer.direct.is_some() {
        again.set(Key::JobDirectLimit.name(), "true".to_owned());
    }
    if answer.cores > 0.0 {
        let again = again.answer().expect("what Flink hands over is taken");
        assert_eq!(again.sizes(), answer.sizes());
        assert_eq!(again.flags, answer.flags);
        assert_eq!(
            (again.cores.to_bits(), again.slots),
            (answer.cores.to_bits(), answer.slots)
        );
    }
}

/// The words are Flink's, and the numbers beside them show what is wrong.
fn is_proved(question: &Question, error: &MemoryError) {
    assert_eq!(error.process, question.process);
    assert!(error.class().starts_with("java.lang.") || error.class().contains("flink"));
    assert!(!error.message().is_empty());
    let terms: Vec<u64> = error.terms.iter().map(|(_, part)| part.bytes).collect();
    let wide = |bytes: &[u64]| bytes.iter().copied().map(u128::from).sum::<u128>();
    let text = |key: Key| question.text(key);
    let huge = |key: &Key| question.bytes(*key).is_some_and(|bytes| bytes > 1 << 38);
    match (&error.failure, terms.as_slice()) {
        (Failure::NoSize { key }, []) => {
            assert!(parse_memory(text(*key).expect("it is set")).is_err());
            assert!(error.message().contains(key.name()));
        }
        (Failure::NoValue { key, text: own }, []) => {
            assert_eq!(text(*key), Some(own.as_str()));
            assert!(error.message().contains(key.name()));
            assert!(match key.spec().preset {
                Preset::Fraction(_) => parse_float(own).is_err(),
                Preset::Switch(_) => !["true", "false"].contains(&&*own.to_lowercase()),
                Preset::Bytes(_) => parse_memory(own).is_err(),
                _ if *key == Key::Cores => parse_double(own).is_err(),
                _ => parse_integer(own).is_err(),
            });
        }
        (Failure::NotConfigured, []) => {
            let needed: &[Key] = match question.process {
                Process::TaskManager => &[Key::TaskFlink, Key::TaskProcess],
                Process::JobManager => &[Key::JobFlink, Key::JobProcess, Key::JobHeap],
            };
            assert!(needed.iter().all(|key| text(*key).is_none()));
            let fine = [Key::TaskHeap, Key::ManagedSize];
            assert!(fine.iter().any(|key| text(*key).is_none()));
        }
        (Failure::Range { key, fraction }, [least, most]) => {
            assert!(least > most || !(0.0..1.0).contains(fraction), "{key:?}");
        }
        (Failure::JvmAboveProcess, [one, other, process])
        | (Failure::ProcessTooSmall, [process, one, other]) => {
            assert!(wide(&[*one, *other]) > u128::from(*process));
        }
        (Failure::Overhead, [overhead, least, most, process, flink, metaspace]) => {
            assert_eq!(*overhead, process - flink - metaspace);
            assert!(!(least..=most).contains(&overhead));
        }
        (Failure::Parts, [parts @ .., flink]) => {
            assert_eq!(parts.len(), 5);
            assert!(wide(parts) > u128::from(*flink));
        }
        (Failure::NetworkRest, [network, flink, rest @ ..]) => {
            let (others, limits) = rest.split_at(5);
            assert_eq!(u128::from(*network) + wide(others), u128::from(*flink));
            match limits {
                [least, most] => assert!(!(least..=most).contains(&network)),
                // They can't be read, or contradict themselves.
                _ => assert!(Key::ALL.iter().any(|key| {
                    (key.name().contains("network") || *key == Key::SegmentSize)
                        && text(*key).is_some()
                })),
            }
        }
        (Failure::HeapAboveFlink, [heap, flink]) => assert!(heap > flink),
        (Failure::HeapAndOffHeap, [heap, off_heap, flink]) => {
            assert_ne!(wide(&[*heap, *off_heap]), u128::from(*flink));
        }
        (Failure::NoHeap, [flink, off_heap]) => assert!(flink <= off_heap),
        (Failure::NoCores, []) => {
            let cores = text(Key::Cores).or(text(Key::Slots)).expect("it is set");
            assert!(parse_double(cores).is_ok_and(|cores| cores <= 0.0));
        }
        (Failure::Cores(number), []) => assert!(!number.is_finite()),
        (Failure::Segment { bytes }, []) => {
            assert!(!bytes.is_power_of_two() || *bytes < 4096 || *bytes > 1 << 30);
        }
        (Failure::LegacyHeap { megabytes }, []) => assert!(*megabytes < 0),
        (Failure::Negative, []) => {
            let number = text(Key::NetworkBuffers).and_then(|text| parse_integer(text).ok());
            assert!(number.is_some_and(|number| number < 0));
        }
        (Failure::Overflow, []) => assert!(Key::ALL.iter().any(huge)),
        other => panic!("{other:?}"),
    }
}

/// What does not count can be left out, and a deprecated name is a name.
fn is_the_same_without(question: &Question, random: &mut Random) {
    let own = question.answer();
    let mut other = question.clone();
    for key in Key::ALL {
        if key.process() != question.process || !question.version.within(key.spec().versions) {
            other.settings.retain(|(name, _)| *name != key.name());
            if random.one_in(4) {
                other.set(key.name(), "nonsense".to_owned());
            }
        }
        let Some(deprecated) = key.spec().also.first() else {
            continue;
        };
        match (other.get(key.name()), other.get(deprecated)) {
            (Some(_), Some(_)) => other.settings.retain(|(name, _)| name != deprecated),
            (None, Some(text)) => {
                let text = text.to_owned();
                other.set(key.name(), text);
            }
            _ => {}
        }
    }
    match (own, other.answer()) {
        (Ok(own), Ok(other)) => assert_eq!(own.sizes(), other.sizes()),
        (Err(own), Err(other)) => assert_eq!(own.message(), other.message()),
        (own, other) => panic!("{own:?} and {other:?}"),
    }
}

/// Versions that are said to have the same model have it.
fn is_the_same_in_its_generation(question: &Question) {
    let mut generations = GENERATIONS.into_iter();
    let own = generations.find(|versions| question.version.within(*versions));
    let own = own.expect("each version has one");
    // No difference between its ends is none within: what changes with a version stays changed.
    let ends = [own.iter().next(), own.iter().last()];
    let [first, last] = ends.map(|end| question.answer_in(end.expect("a version")));
    match (first, last) {
        (Ok(first), Ok(last)) => assert_eq!(first, last),
        (Err(first), Err(last)) => assert_eq!(first.message(), last.message()),
        (first, last) => panic!("{first:?} and {last:?}"),
    }
}

#[test]
fn memory_holds_together_or_the_error_is_proved() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut works = BTreeMap::new();
    let mut fails = BTreeMap::new();
    let mut reasons = BTreeMap::new();
    let name = |of: String| of.split([' ', '(']).next().unwrap_or_default().to_owned();
    for _ in 0..CASES {
        let question = Question::random(&mut random);
        let context = Context(&question);
        let answer = question.answer();
        match &answer {
            Ok(answer) => {
                let own = (question.version, question.process, question.mode);
                *works.entry(own).or_insert(0) += 1;
                for part in answer
                    .inner
                    .iter()
                    .chain([&answer.overhead, &answer.process])
                {
                    *reasons.entry(part.why.name()).or_insert(0) += 1;
                }
                holds_together(&question, answer);
                is_a_fixed_point(&question, answer);
            }
            Err(error) => {
                *fails
                    .entry(name(format!("{:?}", error.failure)))
                    .or_insert(0) += 1;
                is_proved(&question, error);
            }
        }
        if random.one_in(4) {
            is_the_same_without(&question, &mut random);
            is_the_same_in_its_generation(&question);
        }
        context.passed();
    }
    // Nothing of this is true for want of cases.
    let working: usize = works.values().sum();
    assert!(working > CASES / 2 && working < CASES * 3 / 4, "{working}");
    assert_eq!(works.len(), 12 * 2 * 3);
    assert!(works.values().all(|count| *count > 300), "{works:?}");
    assert_eq!(fails.len(), 18, "{fails:?}");
    assert!(fails.values().all(|count| *count > 10), "{fails:?}");
    assert_eq!(reasons.len(), 9, "{reasons:?}");
    assert!(reasons.values().all(|count| *count > 100), "{reasons:?}");
}

/// Prints the question when an assertion about it fails.
struct Context<'q>(&'q Question);

impl Context<'_> {
    fn passed(self) {
        std::mem::forget(self);
    }
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        #[expect(clippy::print_stderr, reason = "beside the message of the panic")]
        {
            eprintln!("{:#?}", self.0);
        }
    }
}

#[test]
fn a_larger_process_never_has_a_smaller_part() {
    let mut random = Random(7);
    let mut compared = 0;
    for _ in 0..5_000 {
        let process = random.pick(&[Process::JobManager, Process::TaskManager]);
        let key = match process {
            Process::JobManager => Key::JobProcess,
            Process::TaskManager => Key::TaskProcess,
        };
        let version = Versions::from_bits(1 << random.below(12));
        let of = |bytes: u64| Question {
            version,
            process,
            mode: Mode::Standalone,
            settings: vec![(key.name(), format!("{bytes}"))],
        };
        let bytes = (300 + random.below(20_000)) << 20;
        // Managed and network memory are rounded down: of four bytes more, one each goes to them at most.
        let scale = 2 + random.below(36);
        let more = bytes + 4 + random.below(1 << scale);
        let (Ok(small), large) = (of(bytes).answer(), of(more).answer()) else {
            continue;
        };
        let large = large.expect("what starts also starts with more");
        compared += 1;
        for (small, large) in small.sizes().into_iter().zip(large.sizes()) {
            assert!(small <= large, "{bytes} {more}");
        }
    }
    assert!(compared > 4_000, "{compared}");
}
