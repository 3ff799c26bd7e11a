//! The queue under random faults, persons, expiry and restarts: what must hold after every event.

use crate::server::Rules;
use crate::world::{World, destination};
use daypass::model::Limits;
use daypass::model::snapshot::Command;
use daypass::model::upload::State;
use proptest::prelude::*;

const MIB: u64 = 1 << 20;

/// A world with some places, folders with small and large files, and objects of others under some of the names.
fn world(seed: u64, rules: Rules, places: usize) -> World {
    let requests = u32::try_from(rules.requests).expect("few");
    let mut world = World::new(seed, rules, Limits { seed, requests, ..Limits::default() });
    for no in 0..places {
        world.places.push(destination(no));
        world.command(Command::Open(Box::new(destination(no))));
    }
    for at in 0..=places {
        let sizes: Vec<u64> = (0..3 + world.dice.below(12))
            .map(|_| match world.dice.below(6) {
                0 => 0,
                1 => 8 * MIB + world.dice.below(3) - 1,
                2 => 9 * MIB + world.dice.below(100 * MIB),
                3 => 16 * MIB + world.dice.below(3) - 1,
                _ => world.dice.below(8 * MIB),
            })
            .collect();
        world.drop_of(if at % 2 == 0 { "" } else { "sub/" }, &sizes);
        let key = format!("in/{}f1.bin", if at % 2 == 0 { "" } else { "sub/" });
        world.server.objects.insert((format!("bucket-{}", at % places), key), (Vec::new(), false));
        world.add(at);
    }
    world
}

fn delivered(world: &World) -> usize {
    world.seen().rows.iter().filter(|(_, row)| matches!(row.state, State::Delivered(_))).count()
}

fn some(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(some(std::env::var("CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(60)))]

    #[test]
    fn everything_ends_under_faults_and_short_sessions(seed: u64) {
        let length = 4000 + seed % 60_000;
        let rules = Rules { faults: 12, session: (length, length * 2), ..Rules::default() };
        let mut world = world(seed, rules, 1 + (seed % 3) as usize);
        world.finish();
        let rows = world.seen().rows.len();
        prop_assert!(delivered(&world) * 3 > rows, "much of it arrives, whatever the dice say");
    }

    #[test]
    fn everything_ends_with_persons_bursts_and_changes(seed: u64) {
        let length = if seed % 2 == 0 { 4000 + seed % 60_000 } else { 3_600_000 };
        let requests = 1 + (seed / 7 % 64) as usize;
        let repeats = seed % 5 != 0;
        let rules = Rules { faults: 12, session: (length, length * 2), bursts: true, changes: true, repeats, requests, ..Rules::default() };
        let mut world = world(seed, rules, 1 + (seed % 3) as usize);
        world.person(40);
        world.finish();
    }

    #[test]
    fn everything_ends_where_the_key_lets_no_parts_in(seed: u64) {
        let length = if seed % 2 == 0 { 4000 + seed % 60_000 } else { 3_600_000 };
        let (bursts, crashes, changes) = (seed % 3 == 0, seed % 4 == 0, seed % 5 == 0);
        let rules = Rules { faults: 12, session: (length, length * 2), bursts, crashes, changes, no_decrypt: true, ..Rules::default() };
        let mut world = world(seed, rules, 1 + (seed % 3) as usize);
        world.person(30);
        world.finish();
        prop_assert!(world.server.uploads.values().all(|upload| upload.completed.is_none()), "no parts were joined");
    }

    #[test]
    fn everything_ends_across_restarts(seed: u64) {
        let length = if seed % 2 == 0 { 4000 + seed % 60_000 } else { 3_600_000 };
        let repeats = seed % 5 != 0;
        let rules = Rules { faults: 12, session: (length, length * 2), bursts: true, crashes: true, changes: seed % 3 == 0, repeats, ..Rules::default() };
        let mut world = world(seed, rules, 1 + (seed % 3) as usize);
        world.person(60);
        world.finish();
    }
}
