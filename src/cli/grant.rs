//! `grant`: prints what the customer's administrator needs.

use super::args::{FormArgs, GrantArgs};
use super::destination::{self, parsed};
use super::{ALL, Stop, say};
use crate::engine::clock::Clock;
use crate::grant::words as grant_words;
use crate::grant::{self, KitFormat, Principal, RoleRequest, names::FormProblem};
use crate::model::names::{Bucket, ExternalId, KeyPrefix, Region, RoleArn};
use crate::time::{Day, Utc};
use crate::words::names::Field;
use crate::words::problem::sentence;
use crate::words::{access as words, cli};

fn odd<T>(field: &str, result: Result<T, FormProblem>) -> Result<T, Stop> {
    result.map_err(|why| Stop::new(words::kit_field(field, grant_words::odd(why))).hint(cli::see_help()))
}

fn date(text: Option<&String>, day: Day) -> Result<Option<Utc>, Stop> {
    let read = |text: &String| Utc::from_rfc3339(text, day).ok_or_else(|| Stop::new(words::no_date(text)));
    text.map(read).transpose()
}

/// Returns the end of the access, unless it has passed.
fn ahead(until: Option<Utc>) -> Result<Option<Utc>, Stop> {
    match until {
        Some(at) if at <= Clock::start().utc() => Err(Stop::new(words::last_day_over(at))),
        until => Ok(until),
    }
}

pub(super) async fn run(args: GrantArgs) -> Result<u8, Stop> {
    let who = match (&args.user_arn, &args.account, &args.profile) {
        (Some(arn), _, _) => odd("user-arn", arn.parse::<Principal>())?,
        (None, Some(account), _) => odd("account", account.parse::<Principal>())?,
        (None, None, Some(profile)) => asked(&args, profile).await?,
        (None, None, None) => return Err(Stop::new(words::who_asks())),
    };
    let bucket = parsed(Field::Bucket, args.bucket.parse::<Bucket>())?;
    let prefix = parsed(Field::Folder, KeyPrefix::from_pasted(&args.prefix))?;
    let usual = RoleRequest::new(who, bucket, prefix);
    let external_id = args.external_id.as_ref().map(|id| parsed(Field::ExternalId, ExternalId::from_pasted(id)));
    let region = args.region.as_ref().map(|region| parsed(Field::Region, region.parse::<Region>()));
    let networks = args.source_ip.iter().map(|network| odd("source-ip", network.parse()));
    let only_me = usual.only_me && !args.whole_account;
    let made_up = || if only_me { None } else { grant::names::new_external_id() };
    let external_id = external_id.transpose()?.or_else(made_up);
    let mfa = args.mfa || !(args.no_mfa || usual.who.is_role());
    let kit = RoleRequest {
        only_me,
        customer: args.customer.clone(),
        region: region.transpose()?,
        new_bucket: args.new_bucket,
        role_name: match &args.role_name {
            Some(name) => odd("role-name", name.parse())?,
            None => usual.role_name.clone(),
        },
        seconds: args.duration.unwrap_or(usual.seconds),
        mfa,
        mfa_max_age: args.mfa_max_age,
        external_id,
        not_before: date(args.not_before.as_ref(), Day::Start)?,
        not_after: ahead(date(args.not_after.as_ref(), Day::End)?)?,
        source_ips: networks.collect::<Result<_, _>>()?,
        session_is_user: args.session_is_user,
        kms: match &args.kms {
            Some(key) => odd("kms", key.parse())?,
            None => usual.kms.clone(),
        },
        create_only: !args.may_replace,
        clean_up: args.clean_up,
        abort_days: args.abort_days,
        ..usual
    };
    let role = args.role_arn.as_ref().map(|role| parsed(Field::Role, RoleArn::from_pasted(role))).transpose()?;
    let format = match args.format {
        FormArgs::Cloudformation => KitFormat::CloudFormation,
        FormArgs::Json => KitFormat::Json,
        FormArgs::Commands => KitFormat::Commands,
        FormArgs::Powershell => KitFormat::PowerShell,
        FormArgs::Terraform => KitFormat::Terraform,
        FormArgs::Message => KitFormat::Message,
        FormArgs::Invitation => KitFormat::Invitation,
    };
    let text = grant::print(&kit, format, role.as_ref()).map_err(|why| Stop::new(grant_words::ask_problem(why)))?;
    say(text.trim_end_matches('\n'));
    Ok(ALL)
}

/// Returns the identity of a profile, from AWS.
async fn asked(args: &GrantArgs, profile: &str) -> Result<Principal, Stop> {
    let mut handle = destination::engine(&args.wire, false, false).await?;
    let identity = match destination::command(&mut handle, profile, args.allow_command.as_deref()).await {
        Ok(()) => handle.who(profile).await.map_err(|problem| Stop::new(sentence(&problem))),
        Err(stop) => Err(stop),
    };
    handle.stop().await;
    odd("profile", identity?.arn.parse::<Principal>())
}
