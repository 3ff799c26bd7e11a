//! Tests renamed profiles: destinations and uploads continue under the new name.

use super::*;

#[test]
fn uploads_continue_under_the_new_name_of_a_profile() {
    let (_dir, home) = home();
    let of = |profile: &str, bucket: &str| {
        let mut to = destination("Important project", bucket);
        profile.clone_into(&mut to.profile);
        Arc::new(to)
    };
    let renamed = Record::ProfileRenamed { from: "importantproject".into(), to: "work".into() };
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let work = folder();
        let other = |id, profile: &str, bucket: &str| Record::Place(DestinationId(id), of(profile, bucket));
        record(&journal, [other(1, "work", "twice"), other(2, "importantproject", "twice")]).await;
        record(&journal, [other(3, "mine", "third"), place(), delivery(), added(0, &work, "plan.dwg", 20 * MIB)]).await;
        record(&journal, [created(0, 20 * MIB, "id"), renamed.clone()]).await;
        record(&journal, [other(0, "work", "importantprojectbucket"), added(1, &work, "next.dwg", 3)]).await;
        journal.close().await.expect("it closes");
        let (journal, kept, notices) = open(&home);
        assert_eq!(notices, []);
        let reached: Vec<_> = kept.destinations.iter().map(|d| (d.profile.as_str(), d.bucket.as_str())).collect();
        let expected = [
            ("work", "importantprojectbucket"),
            ("mine", "third"),
            // A destination with the new name already exists and stays separate.
            ("importantproject", "twice"),
            ("work", "twice"),
        ];
        assert_eq!(reached, expected);
        let [(to, uploads)] = &kept.unfinished[..] else { panic!("{:?}", kept.unfinished) };
        assert_eq!((to.profile.as_str(), uploads.len()), ("work", 2));
        assert!(uploads[0].multipart.is_some(), "started uploads continue");
        // The next run does the same before anything is open.
        record(&journal, [Record::ProfileRenamed { from: "work".into(), to: "again".into() }]).await;
        journal.close().await.expect("it closes");
        let (_, kept, _) = open(&home);
        assert_eq!(kept.unfinished[0].0.profile, "again");
    });
}
