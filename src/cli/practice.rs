//! `practice`: runs the practice server until it is stopped, and prints how to reach it.

use super::args::PracticeArgs;
use super::{ALL, Stop, say};
use crate::practice::{MFA_CODE, MFA_SERIAL, Practice, PracticeOptions, Story};
use crate::words::cli as words;
use std::path::Path;

pub(super) async fn run(args: PracticeArgs) -> Result<u8, Stop> {
    let options = PracticeOptions {
        port: args.port,
        session_seconds: args.session_seconds,
        discard: args.discard,
        kms: args.kms,
        device: true,
        ..PracticeOptions::default()
    };
    let practice =
        Practice::start(options).await.map_err(|why| Stop::new(words::practice_port(args.port, &why.to_string())))?;
    let folder = tempfile::tempdir().map_err(|why| Stop::new(words::no_folder(&why.to_string())))?;
    let story = practice.story();
    story.write_profile_files(folder.path()).map_err(|why| Stop::new(words::no_folder(&why.to_string())))?;
    say(&how_to_reach(&story, folder.path()));
    let _stopped = tokio::signal::ctrl_c().await;
    Ok(ALL)
}

fn how_to_reach(story: &Story, folder: &Path) -> String {
    let folder = folder.display();
    let Story { endpoint, role_arn: role, code_role_arn: code_role, bucket, .. } = story;
    format!(
        "The practice server listens at {endpoint}. Stop it with Ctrl+C.\n\nIn another terminal:\n\n  \
         export AWS_SHARED_CREDENTIALS_FILE={folder}/credentials AWS_CONFIG_FILE={folder}/config\n  \
         daypass-cli upload --endpoint-url {endpoint} --profile importantproject \\\n    --role-arn {role} \\\n    \
         --bucket {bucket} --prefix incoming PATH…\n\n\
         A second role asks for the code of an MFA device, and the code is {MFA_CODE}:\n\n  \
         daypass-cli upload --endpoint-url {endpoint} --profile importantproject \\\n    --role-arn {code_role} \\\n    \
         --mfa-serial {MFA_SERIAL} \\\n    --bucket {bucket} --prefix incoming PATH…"
    )
}
