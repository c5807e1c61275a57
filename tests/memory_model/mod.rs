//! Random questions to the memory model, tame and wild, the same on every run.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod answer;

use flint::flink::memory::{Inputs, Key, Mode, Preset, Process};
use flint::flink::version::Versions;

/// Pseudo-random numbers (xorshift64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The lower bits of a number and the next are not independent enough to choose with.
        (self.0 >> 11) % limit
    }

    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        let at = usize::try_from(self.below(all.len() as u64)).expect("below a length");
        all[at]
    }

    /// As likely from 1 to 2 as from 1,000 to 2,000.
    fn of_any_size(&mut self, least: u64, most: u64) -> u64 {
        let steps = (most / least).max(1).ilog2() + 1;
        let low = least << self.below(steps.into());
        (low + self.below(low)).min(most)
    }
}

/// A process of one version, and its settings.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) version: Versions,
    pub(crate) process: Process,
    pub(crate) mode: Mode,
    pub(crate) settings: Vec<(&'static str, String)>,
}

/// Sizes at the edges of the grammar and of the numbers, good and bad.
const WILD_SIZES: &[&str] = &[
    "",
    " ",
    "m",
    "0",
    "0m",
    "1",
    "1.5g",
    "-1m",
    "+5m",
    "0x10",
    "1_000m",
    "1 0m",
    "64mib",
    "5 gibibytes",
    " 700 MebiBytes ",
    "\u{a0}64m",
    "\u{ff11}m",
    "1\u{212a}",
    "64m\u{3000}",
    "64\tm",
    "\u{1}64m",
    "5gb",
    "8388607t",
    "8388608t",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "9007199254740993b",
    "007m",
    "1e3m",
    "${HEAP}",
];

/// The same for fractions and cores.
const WILD_FRACTIONS: &[&str] = &[
    "",
    "0",
    "-0.0",
    "1",
    "1.0",
    "0.9999999",
    "0.99999999",
    "0.5f",
    ".3",
    "5.",
    " 0.2 ",
    "+0.2",
    "0.3d",
    "0.3L",
    "1e-3",
    "1E-45",
    "1e-46",
    "1e-300",
    "1e400",
    "-0.1",
    "-1e-50",
    "0x1p-2",
    "0x.8p0",
    "0x1p-2f",
    "0x1p",
    "NaN",
    "nan",
    "-NaN",
    "Infinity",
    "-Infinity",
    "0,4",
    "40%",
    "0.30000001192092896",
    "123456.123456789",
    "0.123456789",
    "4.9e-324",
    "1e-9",
    "1e300",
    "12345678901234567890",
];

const WILD_NUMBERS: &[&str] = &[
    "",
    "0",
    "-1",
    "+3",
    " 2",
    "2 ",
    "1.0",
    "0x10",
    "2147483647",
    "2147483648",
    "-2147483648",
    "\u{663}",
    "1_000",
    "65536",
];

const WILD_SWITCHES: &[&str] = &["", "TRUE", "True ", "yes", "on", "1", "tRuE", "FALSE"];

/// What people and generators write behind a number of bytes that is a whole number of them.
const UNITS: &[(&str, u64)] = &[
    ("m", 1 << 20),
    ("mb", 1 << 20),
    (" mb", 1 << 20),
    ("M", 1 << 20),
    ("g", 1 << 30),
    ("gb", 1 << 30),
    ("k", 1 << 10),
    (" KB", 1 << 10),
    ("", 1),
    ("b", 1),
    (" bytes", 1),
];

/// The tame range of a size, in MiB.
fn range(key: Key) -> (u64, u64) {
    match key {
        Key::TaskProcess | Key::JobProcess => (700, 64 << 10),
        Key::TaskFlink | Key::JobFlink | Key::TaskLegacyHeap | Key::JobLegacyHeap => {
            (500, 48 << 10)
        }
        Key::TaskHeap | Key::ManagedSize | Key::JobHeap => (64, 4 << 10),
        Key::NetworkLeast | Key::TaskOverheadLeast | Key::JobOverheadLeast => (16, 256),
        Key::NetworkMost | Key::TaskOverheadMost | Key::JobOverheadMost => (128, 4 << 10),
        _ => (16, 512),
    }
}

fn size(random: &mut Random, key: Key) -> String {
    let (least, most) = range(key);
    let mut bytes = random.of_any_size(least, most) << 20;
    if random.one_in(4) {
        bytes += random.below(1 << 20);
    }
    written(random, bytes)
}

/// A number of bytes in one of the ways to write it.
fn written(random: &mut Random, bytes: u64) -> String {
    loop {
        let (unit, factor) = random.pick(UNITS);
        if bytes.is_multiple_of(factor) {
            return format!("{}{unit}", bytes / factor);
        }
    }
}

fn fraction(random: &mut Random) -> String {
    match random.below(4) {
        0 => format!("0.{:03}", random.below(1000)),
        1 => format!("0.{:08}", random.below(30_000_000)),
        _ => format!("0.{}", random.below(30) + 5),
    }
}

fn segment(random: &mut Random) -> String {
    if random.one_in(3) {
        let odd = ["4095", "4097", "5gb", "2g", "2147483648", "1t", "48k", "0"];
        return random.pick(&odd).to_owned();
    }
    let bytes = 4096 << random.below(8);
    written(random, bytes)
}

/// A value for an option; a wild one each `wild` times.
fn value(random: &mut Random, key: Key, wild: u64) -> String {
    let is_wild = random.one_in(wild);
    let words = match (key, key.spec().preset) {
        (Key::Cores, _) | (_, Preset::Fraction(_)) => WILD_FRACTIONS,
        (_, Preset::Number(_)) | (Key::TaskLegacyHeapMb | Key::JobLegacyHeapMb, _) => WILD_NUMBERS,
        (_, Preset::Switch(_)) => WILD_SWITCHES,
        _ => WILD_SIZES,
    };
    if is_wild {
        return random.pick(words).to_owned();
    }
    match key {
        Key::Slots => (random.below(16) + 1).to_string(),
        Key::Cores => format!("{}.{}", random.below(16), random.below(100) + 1),
        Key::TaskLegacyHeapMb | Key::JobLegacyHeapMb | Key::NetworkBuffers if random.one_in(12) => {
            format!("-{}", random.below(4096))
        }
        Key::NetworkBuffers => random.of_any_size(512, 32 << 10).to_string(),
        Key::TaskLegacyHeapMb | Key::JobLegacyHeapMb => {
            random.of_any_size(500, 16 << 10).to_string()
        }
        Key::SegmentSize => segment(random),
        Key::JobDirectLimit => random.pick(&["true", "false"]).to_owned(),
        _ if matches!(key.spec().preset, Preset::Fraction(_)) => fraction(random),
        _ => size(random, key),
    }
}

impl Question {
    /// A process with some settings. Two of five questions hold nothing wild.
    pub(crate) fn random(random: &mut Random) -> Self {
        let bit = random.below(12);
        let process = random.pick(&[
            Process::TaskManager,
            Process::TaskManager,
            Process::JobManager,
        ]);
        let mut question = Question {
            version: Versions::from_bits(1 << bit),
            process,
            mode: random.pick(&[Mode::Standalone, Mode::Container, Mode::Direct]),
            settings: Vec::new(),
        };
        let wild = random.pick(&[u64::MAX, u64::MAX, 30, 8, 3]);
        question.start(random, wild);
        let density = random.pick(&[40, 12, 12, 5]);
        let own = Key::ALL.iter().copied();
        for key in own.filter(|key| key.process() == process) {
            if !random.one_in(density) {
                continue;
            }
            let is_start =
                range(key).1 > 4 << 10 || matches!(key.name(), n if n.ends_with("heap.mb"));
            if !is_start || random.one_in(3) {
                question.add(random, key, wild);
            }
        }
        question
    }

    /// The sizes from which everything else comes.
    fn start(&mut self, random: &mut Random, wild: u64) {
        let is_task_manager = self.process == Process::TaskManager;
        let of =
            |task: &'static [Key], job: &'static [Key]| if is_task_manager { task } else { job };
        let process = of(&[Key::TaskProcess], &[Key::JobProcess]);
        let flink = of(&[Key::TaskFlink], &[Key::JobFlink]);
        let keys = match random.below(10) {
            0..4 => process,
            4 | 5 => flink,
            6 => of(&[Key::TaskHeap, Key::ManagedSize], &[Key::JobHeap]),
            7 => of(
                &[Key::TaskFlink, Key::TaskHeap],
                &[Key::JobFlink, Key::JobHeap],
            ),
            8 => of(
                &[Key::TaskLegacyHeap, Key::TaskLegacyHeapMb],
                &[Key::JobLegacyHeap, Key::JobLegacyHeapMb],
            ),
            _ => &[],
        };
        for key in keys {
            self.add(random, *key, wild);
        }
        // Around a total of Flink that is known, a process that may just hold it.
        if keys == flink && random.one_in(3) {
            let flink = self.settings.first().map(|(_, text)| text.as_str());
            let flink = flink.and_then(|text| flint::flink::value::parse_memory(text).ok());
            // With the default metaspace and overhead's defaults: too little, at a limit, within, too much.
            let around = match random.below(6) {
                0 => (256 + 192) << 20,
                1 => ((256 + 192) << 20) - 1,
                2 => (256 + 1024) << 20,
                3 => ((256 + 1024) << 20) + 1,
                _ => (256 + 150 + random.below(950)) << 20,
            };
            if let Some(bytes) = flink.and_then(|flink| flink.checked_add(around)) {
                let text = written(random, bytes);
                self.settings.push((process[0].name(), text));
            }
        }
    }

    /// Sets an option, under one of its keys or under two.
    fn add(&mut self, random: &mut Random, key: Key, wild: u64) {
        let spec = key.spec();
        let other = spec.also.first().filter(|_| random.one_in(3));
        if other.is_none() || random.one_in(4) {
            self.set(spec.key, value(random, key, wild));
        }
        if let Some(other) = other {
            self.set(other, value(random, key, wild));
        }
    }

    pub(crate) fn set(&mut self, key: &'static str, text: String) {
        if self.get(key).is_none() {
            self.settings.push((key, text));
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let mut settings = self.settings.iter();
        let (_, text) = settings.find(|(own, _)| *own == key)?;
        Some(text)
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        Inputs::read(|key| self.get(key))
    }
}
