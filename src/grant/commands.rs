//! Commands of the AWS CLI that make the role, if wanted the bucket, and print the invitation.
//!
//! Every value stands between single quotes. What is written there is ASCII: names by their grammars, JSON and TOML by
//! [`Tree::compact`](super::tree::Tree::compact) and [`toml_text`](super::tree::toml_text), which escape the apostrophe
//! too. A bucket's policy or lifecycle that is there already is shown what to add, and not replaced.

use super::policy;
use super::request::Ask;
use super::tree::Tree;
use crate::model::names::Region;
use crate::words;

/// A command's words, and its options as `--name=value` so that no value is taken for an option.
struct Command(&'static str, Vec<String>);

impl Command {
    const fn new(words: &'static str) -> Self {
        Self(words, Vec::new())
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.1.push(format!("--{name}={value}"));
        self
    }

    fn line(&self, program: &str, quoted: fn(&str) -> String) -> String {
        let mut line = format!("{program} {}", self.0);
        for option in &self.1 {
            line.push(' ');
            line.push_str(&quoted(option));
        }
        line
    }
}

fn bash_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn powershell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What both shells do, in order.
struct Steps {
    create_bucket: Option<[Command; 2]>,
    create_role: Command,
    put_policy: Command,
    bucket_policy: Option<(Command, Command, Tree)>,
    lifecycle: Option<(Command, Command, Tree)>,
}

fn steps(ask: &Ask) -> Steps {
    let bucket = |command: &'static str| Command::new(command).with("bucket", ask.bucket.as_str());
    let region = ask.region.as_ref().map_or("us-east-1", Region::as_str);
    let create_bucket = ask.new_bucket.then(|| {
        let create = bucket("s3api create-bucket").with("region", region);
        let create = if region == "us-east-1" {
            create
        } else {
            create.with("create-bucket-configuration", &format!("LocationConstraint={region}"))
        };
        let private = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
        [create, bucket("s3api put-public-access-block").with("public-access-block-configuration", private)]
    });
    Steps {
        create_bucket,
        create_role: Command::new("iam create-role")
            .with("role-name", ask.role_name.as_str())
            .with("max-session-duration", &ask.seconds.to_string())
            .with("description", words::kit::ROLE_DESCRIPTION),
        put_policy: Command::new("iam put-role-policy")
            .with("role-name", ask.role_name.as_str())
            .with("policy-name", policy::PERMISSION_NAME),
        bucket_policy: policy::has_bucket_policy(ask)
            .then(|| (bucket("s3api get-bucket-policy"), bucket("s3api put-bucket-policy"), policy::bucket(ask))),
        lifecycle: policy::lifecycle(ask).map(|rule| {
            let get = bucket("s3api get-bucket-lifecycle-configuration");
            (get, bucket("s3api put-bucket-lifecycle-configuration"), rule)
        }),
    }
}

/// For bash: AWS CloudShell, Linux, macOS. One group in parentheses, so that a command that is refused ends it and
/// leaves the shell that it was pasted into.
#[must_use]
pub fn bash(ask: &Ask) -> String {
    let steps = steps(ask);
    let aws = |command: &Command| command.line("aws", bash_quoted);
    let document = |name: &str, tree: &Tree| format!(" \\\n  --{name} '{}'", tree.compact());
    let say = |text: &str| format!("echo {}", bash_quoted(text));
    let mut lines: Vec<String> = words::kit::COMMANDS_HEAD.iter().map(|line| format!("# {line}")).collect();
    lines.push("(".to_owned());
    lines.push("set -eu".to_owned());
    for command in steps.create_bucket.iter().flatten() {
        lines.push(format!("{} > /dev/null", aws(command)));
    }
    lines.push(format!(
        "role_arn=$({}{} \\\n  --query Role.Arn --output text)",
        aws(&steps.create_role),
        document("assume-role-policy-document", &policy::trust(ask))
    ));
    lines.push(format!("{}{}", aws(&steps.put_policy), document("policy-document", &policy::permission(ask))));
    let guarded = [
        (steps.bucket_policy, "NoSuchBucketPolicy", "policy", words::kit::POLICY_THERE),
        (steps.lifecycle, "NoSuchLifecycleConfiguration", "lifecycle-configuration", words::kit::LIFECYCLE_THERE),
    ];
    for (step, absent, option, there) in guarded {
        if let Some((get, put, tree)) = step {
            lines.push(format!("found=$({} 2>&1) || true", aws(&get)));
            lines.push(format!("case \"$found\" in\n*{absent}*)"));
            lines.push(format!("  {}{} ;;", aws(&put), document(option, &tree)));
            lines.push(format!("*)\n  {}\n  printf '%s\\n' '{}' ;;\nesac", say(there), tree.compact()));
        }
    }
    let invitation = ask.invitation("'\"$role_arn\"'");
    lines.push(say(words::kit::SEND_THIS));
    lines.push(format!("printf '\\n%s\\n%s\\n' '{}' '{}'", invitation.to_text(), invitation.to_link()));
    lines.push(")\n".to_owned());
    lines.join("\n")
}

/// For PowerShell 5.1 and later. JSON goes through files: PowerShell before 7.3 loses the quotes inside an argument.
#[must_use]
pub fn powershell(ask: &Ask) -> String {
    let steps = steps(ask);
    let aws = |command: &Command| command.line("Invoke-Aws", powershell_quoted);
    let file = |name: &str, tree: &Tree| {
        format!("[IO.File]::WriteAllText((Join-Path $dir '{name}.json'), '{}')", tree.compact())
    };
    let from = |option: &str, name: &str| format!("\"--{option}=file://$(Join-Path $dir '{name}.json')\"");
    let say = |text: &str| format!("Write-Host {}", powershell_quoted(text));
    let mut lines: Vec<String> = words::kit::COMMANDS_HEAD.iter().map(|line| format!("# {line}")).collect();
    lines.push("& {".to_owned());
    lines.push("$ErrorActionPreference = 'Continue'".to_owned());
    lines.push(format!(
        "function Invoke-Aws {{ & aws @args; if ($LASTEXITCODE -ne 0) {{ throw {} }} }}",
        powershell_quoted(words::kit::COMMAND_REFUSED)
    ));
    lines.push("$dir = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid().ToString())".to_owned());
    lines.push("New-Item -ItemType Directory -Path $dir | Out-Null".to_owned());
    for command in steps.create_bucket.iter().flatten() {
        lines.push(format!("{} | Out-Null", aws(command)));
    }
    lines.push(file("trust", &policy::trust(ask)));
    lines.push(file("put-only", &policy::permission(ask)));
    lines.push(format!(
        "$roleArn = {} {} --query Role.Arn --output text",
        aws(&steps.create_role),
        from("assume-role-policy-document", "trust")
    ));
    lines.push(format!("{} {}", aws(&steps.put_policy), from("policy-document", "put-only")));
    let guarded = [
        (steps.bucket_policy, "NoSuchBucketPolicy", "policy", words::kit::POLICY_THERE),
        (steps.lifecycle, "NoSuchLifecycleConfiguration", "lifecycle-configuration", words::kit::LIFECYCLE_THERE),
    ];
    for (step, absent, option, there) in guarded {
        if let Some((get, put, tree)) = step {
            lines.push(file(option, &tree));
            lines.push(format!("$found = {} 2>&1 | Out-String", get.line("& aws", powershell_quoted)));
            lines.push(format!("if ($found -match '{absent}') {{ {} {} }}", aws(&put), from(option, option)));
            lines.push(format!("else {{ {}; Get-Content (Join-Path $dir '{option}.json') }}", say(there)));
        }
    }
    let invitation = ask.invitation("' + $roleArn + '");
    lines.push(say(words::kit::SEND_THIS));
    lines.push(format!("Write-Output ('{}')", invitation.to_text()));
    lines.push(format!("Write-Output ('{}')", invitation.to_link()));
    lines.push("Remove-Item -Recurse -Path $dir".to_owned());
    lines.push("}\n".to_owned());
    lines.join("\n")
}
