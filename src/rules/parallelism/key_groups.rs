//! Rules about the parallelism and the key groups that it is dealt.

use super::{
    EXACT, MAX_PARALLELISM, Number, PARALLELISM, SCHEDULER, STREAMING, counted, names, runs_with,
};
use crate::deployment::{Deployment, Value};
use crate::finding::Finding;
use crate::flink::parallelism::{VALID, default_max_parallelism, key_groups};
use crate::flink::version::Versions;
use crate::rules::Rule;

/// `max-parallelism-below-parallelism`: the client takes such a job, and the `JobMaster` fails it
/// (`SchedulerBase.computeVertexParallelismStore`). So it does in batch mode, unless the scheduler decides
/// the parallelism (`AdaptiveBatchScheduler`, the default there since 1.17).
pub(in crate::rules) fn max_parallelism_below_parallelism(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let parallelism = Number::of(deployment, PARALLELISM);
    let max = Number::of(deployment, MAX_PARALLELISM);
    let (Some(parallelism), Some(max)) = (parallelism, max) else {
        return;
    };
    let (wanted, most) = (parallelism.number, max.number);
    // Beyond those bounds the value itself is refused.
    if wanted <= most || !VALID.contains(&most) || !takes_parallelism(deployment) {
        return;
    }
    let mut finding = max.finding(
        rule,
        format!(
            "{} {most} is below the parallelism {wanted}: the job fails",
            max.name()
        ),
    );
    finding.label = format!("at least {wanted}");
    finding.help = format!(
        "Flink says `parallelism ({wanted}) is higher than the max parallelism ({most})`; lower \
         {}, or raise the maximum: state that was written with {most} can't be restored \
         with another one",
        parallelism.name()
    );
    finding.related.push(parallelism.related());
    out.push(finding);
}

/// Whether all jobs are given the parallelism that they ask for, in batch mode as well.
fn takes_parallelism(deployment: &Deployment) -> bool {
    const UNTIL_1_16: Versions = Versions::from_bits(0x000F);
    let is_exact = match deployment.cluster_option(SCHEDULER) {
        Value::Known(effective) => names(STREAMING, effective),
        Value::Default(_) => deployment.versions.within(UNTIL_1_16),
        Value::Unknown => false,
    };
    runs_with(deployment, STREAMING)
        || is_exact && deployment.cluster_option("scheduler-mode").is_absent()
}

/// `key-group-skew`: some subtasks own half as many key groups again as others.
pub(in crate::rules) fn key_group_skew(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    out.extend(skew(rule, deployment));
}

fn skew(rule: &Rule, deployment: &Deployment) -> Option<Finding> {
    let parallelism = Number::of(deployment, PARALLELISM)?;
    let (max, set) = match deployment.cluster_option(MAX_PARALLELISM) {
        Value::Known(effective) => {
            let max = Number::read(effective)?;
            (max.number, Some(max))
        }
        Value::Default(_) => (default_max_parallelism(parallelism.number), None),
        Value::Unknown => return None,
    };
    let wanted = parallelism.number;
    if wanted > max || !VALID.contains(&max) || !runs_with(deployment, EXACT) {
        return None;
    }
    let groups = key_groups(max, wanted);
    // Half as much again, in whole numbers: 3 to 2, 2 to 1.
    if u64::from(groups.most) * 2 < u64::from(groups.least) * 3 {
        return None;
    }
    let busy = max % wanted;
    let idle = wanted - busy;
    let get = if busy == 1 { "gets" } else { "get" };
    let mut finding = parallelism.finding(
        rule,
        format!(
            "parallelism {wanted} over {max} key groups: {} {get} {}, {idle} {} {}",
            counted(busy, "subtask"),
            groups.most,
            if idle == 1 { "gets" } else { "get" },
            groups.least,
        ),
    );
    if let Some(more) = groups.percent_more() {
        finding.label = format!("{more} % more for some");
    }
    let even = even_near(max, wanted);
    let of_default = if set.is_some() {
        ""
    } else {
        ", the default for this parallelism"
    };
    finding.help = format!(
        "the subtasks with more groups are the first to fall behind; a parallelism of {even} deals \
         {max} key groups{of_default} evenly. To change the maximum instead gives up all state so far"
    );
    finding.related.extend(set.map(Number::related));
    Some(finding)
}

/// The divisors of the maximum next to a parallelism, which is none of them: `64 or 128`.
fn even_near(max: u32, parallelism: u32) -> String {
    let divides = |number: &u32| max.is_multiple_of(*number);
    let below = (1..parallelism).rev().find(divides);
    let above = (parallelism..=max).find(divides);
    let both = [below, above].into_iter().flatten();
    let both: Vec<String> = both.map(|number| number.to_string()).collect();
    both.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::even_near;

    #[test]
    fn divisors_stand_on_both_sides() {
        assert_eq!(even_near(128, 80), "64 or 128");
        assert_eq!(even_near(120, 50), "40 or 60");
        assert_eq!(even_near(7, 4), "1 or 7");
        assert_eq!(even_near(32_768, 20_000), "16384 or 32768");
    }
}
