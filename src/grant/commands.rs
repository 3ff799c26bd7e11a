//! Writes AWS CLI commands that create the role, optionally the bucket, and print the invitation.
//!
//! Every value is in single quotes and ASCII: names by their grammars, JSON and TOML by
//! [`Tree::compact`](crate::policy::tree::Tree::compact) and [`toml_text`](crate::policy::tree::toml_text), which also
//! escape apostrophes. An existing bucket keeps its policy. Existing lifecycle rules are kept too, and the rule to add
//! is printed.

use super::policy;
use super::request::RoleRequest;
use crate::model::names::Region;
use crate::policy::tree::Tree;
use crate::words;

/// A command and its options, written `--name=value` so that no value is mistaken for an option.
struct ShellCommand(&'static str, Vec<String>);

impl ShellCommand {
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

/// The commands for both shells, in order. Each step first checks whether its resource exists, by the exit status and
/// the error code, so that the script can be rerun after it stopped halfway and replaces nothing that others made.
struct Steps {
    /// The bucket: the command that checks for it, those that create it, and the one that sets its policy, with the
    /// policy.
    bucket: Option<(ShellCommand, Vec<ShellCommand>, ShellCommand, Tree)>,
    /// The bucket's lifecycle rules: the command that reads them, and the one that sets them, with the rule.
    lifecycle: Option<(ShellCommand, ShellCommand, Tree)>,
    /// Reads the description of an existing role; a role with another description was not made by the kit.
    look_role: ShellCommand,
    description: String,
    create_role: ShellCommand,
    /// Replaces the trust policy of an existing role.
    update_trust: ShellCommand,
    /// Updates the other settings of an existing role.
    update_role: ShellCommand,
    put_policy: ShellCommand,
    /// Reads the role's ARN.
    role_arn: ShellCommand,
}

fn steps(ask: &RoleRequest) -> Steps {
    let of_bucket = |command: &'static str| ShellCommand::new(command).with("bucket", ask.bucket.as_str());
    let of_role = |command: &'static str| ShellCommand::new(command).with("role-name", ask.role_name.as_str());
    let description = words::kit::role_description(&policy::principal(ask));
    let seconds = ask.seconds.to_string();
    let settings =
        |command: ShellCommand| command.with("max-session-duration", &seconds).with("description", &description);
    let text = |command: ShellCommand, query: &str| command.with("query", query).with("output", "text");
    Steps {
        bucket: ask.new_bucket.then(|| {
            let made = new_bucket(ask, of_bucket);
            (of_bucket("s3api head-bucket"), made, of_bucket("s3api put-bucket-policy"), policy::bucket(ask))
        }),
        lifecycle: policy::lifecycle(ask).map(|rule| {
            let get = of_bucket("s3api get-bucket-lifecycle-configuration");
            (get, of_bucket("s3api put-bucket-lifecycle-configuration"), rule)
        }),
        look_role: text(of_role("iam get-role"), "Role.Description"),
        create_role: settings(of_role("iam create-role")),
        update_trust: of_role("iam update-assume-role-policy"),
        update_role: settings(of_role("iam update-role")),
        put_policy: of_role("iam put-role-policy").with("policy-name", policy::PERMISSION_NAME),
        role_arn: text(of_role("iam get-role"), "Role.Arn"),
        description,
    }
}

/// Returns the commands that create the bucket, private and with versioning.
fn new_bucket(ask: &RoleRequest, of_bucket: impl Fn(&'static str) -> ShellCommand) -> Vec<ShellCommand> {
    let region = ask.region.as_ref().map_or("us-east-1", Region::as_str);
    let create = of_bucket("s3api create-bucket").with("region", region);
    let create = if region == "us-east-1" {
        create
    } else {
        create.with("create-bucket-configuration", &format!("LocationConstraint={region}"))
    };
    let private = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
    vec![
        create,
        of_bucket("s3api put-public-access-block").with("public-access-block-configuration", private),
        of_bucket("s3api put-bucket-versioning").with("versioning-configuration", "Status=Enabled"),
    ]
}

/// Defines `look` in bash: whether a command finds something, which is then in `answer`. An error with another code
/// than the expected "not found" ends the script.
const LOOK_BASH: &str = r#"errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
look() {
  absent=$1
  shift
  if answer=$("$@" 2> "$errors"); then
    return 0
  fi
  if grep -q "($absent)" "$errors"; then
    return 1
  fi
  cat "$errors" >&2
  exit 1
}"#;

/// Returns the script for bash: AWS CloudShell, Linux, macOS. It is one subshell, so that a refused command ends the
/// script but not the shell it was pasted into.
#[must_use]
pub fn bash(ask: &RoleRequest) -> String {
    let steps = steps(ask);
    let aws = |command: &ShellCommand| command.line("aws", bash_quoted);
    let document = |name: &str, tree: &Tree| format!(" \\\n  --{name} '{}'", tree.compact());
    let say = |text: &str| format!("echo {}", bash_quoted(text));
    let mut lines = comments(ask);
    lines.extend(["(".to_owned(), "set -eu".to_owned(), LOOK_BASH.to_owned()]);
    if let Some((look, create, put, tree)) = &steps.bucket {
        lines.push(format!("if look 404 {}; then", aws(look)));
        lines.push(format!("  {}\nelse", say(words::kit::BUCKET_THERE)));
        lines.extend(create.iter().map(|command| format!("  {} > /dev/null", aws(command))));
        lines.push(format!("  {}{}\nfi", aws(put), document("policy", tree)));
    }
    if let Some((look, put, tree)) = &steps.lifecycle {
        lines.push(format!("if look NoSuchLifecycleConfiguration {}; then", aws(look)));
        lines.push(format!("  {}", say(words::kit::LIFECYCLE_THERE)));
        lines.push(format!("  printf '%s\\n' '{}'\nelse", tree.compact()));
        lines.push(format!("  {}{}\nfi", aws(put), document("lifecycle-configuration", tree)));
    }
    let trust = policy::trust(ask);
    lines.push(format!("if look NoSuchEntity {}; then", aws(&steps.look_role)));
    lines.push(format!("  if [ \"$answer\" != {} ]; then", bash_quoted(&steps.description)));
    lines.push(format!("    {} >&2\n    exit 1\n  fi", say(words::kit::OTHER_ROLE_THERE)));
    lines.push(format!("  {}", say(words::kit::ROLE_THERE)));
    lines.push(format!("  {}{}", aws(&steps.update_trust), document("policy-document", &trust)));
    lines.push(format!("  {} > /dev/null\nelse", aws(&steps.update_role)));
    let create = document("assume-role-policy-document", &trust);
    lines.push(format!("  {}{create} > /dev/null\nfi", aws(&steps.create_role)));
    lines.push(format!("{}{}", aws(&steps.put_policy), document("policy-document", &policy::permission(ask))));
    lines.push(format!("role_arn=$({})", aws(&steps.role_arn)));
    let invitation = ask.invitation("'\"$role_arn\"'");
    lines.push(say(words::kit::SEND_THIS));
    lines.push(format!("printf '\\n%s\\n%s\\n' '{}' '{}'", invitation.to_text(), invitation.to_link()));
    lines.push(")\n".to_owned());
    lines.join("\n")
}

/// The same in PowerShell: returns the answer, or nothing. Error output of programs is recognized by its type, because
/// its text is wrapped at the width of the console.
const LOOK_POWERSHELL: &str = r#"function Find-Aws($absent) {
  $all = & aws @args 2>&1
  $there = $LASTEXITCODE -eq 0
  $errors = @($all | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | ForEach-Object { $_.ToString() })
  if ($there) { return (@($all | Where-Object { $_ -isnot [Management.Automation.ErrorRecord] }) -join "`n") }
  if (($errors -join "`n").Contains("($absent)")) { return $null }
  throw ($errors -join "`n")
}"#;

/// Returns the script for PowerShell 5.1 and later. JSON goes through files: PowerShell before 7.3 drops quotes inside
/// an argument.
#[must_use]
pub fn powershell(ask: &RoleRequest) -> String {
    let steps = steps(ask);
    let aws = |command: &ShellCommand| command.line("Invoke-Aws", powershell_quoted);
    let find = |absent: &str, command: &ShellCommand| {
        format!("$answer = {}", command.line(&format!("Find-Aws '{absent}'"), powershell_quoted))
    };
    let file = |name: &str, tree: &Tree| {
        format!("[IO.File]::WriteAllText((Join-Path $dir '{name}.json'), '{}')", tree.compact())
    };
    let from = |option: &str, name: &str| format!("\"--{option}=file://$(Join-Path $dir '{name}.json')\"");
    let say = |text: &str| format!("Write-Host {}", powershell_quoted(text));
    let mut lines = comments(ask);
    lines.push("& {".to_owned());
    lines.push("$ErrorActionPreference = 'Continue'".to_owned());
    lines.push(format!(
        "function Invoke-Aws {{ & aws @args; if ($LASTEXITCODE -ne 0) {{ throw {} }} }}",
        powershell_quoted(words::kit::COMMAND_REFUSED)
    ));
    lines.push(LOOK_POWERSHELL.to_owned());
    lines.push("$dir = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid().ToString())".to_owned());
    lines.push("New-Item -ItemType Directory -Path $dir | Out-Null\ntry {".to_owned());
    if let Some((look, create, put, tree)) = &steps.bucket {
        lines.push(file("bucket-policy", tree));
        lines.push(find("404", look));
        lines.push(format!("if ($null -ne $answer) {{ {} }} else {{", say(words::kit::BUCKET_THERE)));
        lines.extend(create.iter().map(|command| format!("  {} | Out-Null", aws(command))));
        lines.push(format!("  {} {}\n}}", aws(put), from("policy", "bucket-policy")));
    }
    if let Some((look, put, tree)) = &steps.lifecycle {
        lines.push(file("lifecycle", tree));
        lines.push(find("NoSuchLifecycleConfiguration", look));
        lines.push(format!("if ($null -ne $answer) {{\n  {}", say(words::kit::LIFECYCLE_THERE)));
        lines.push("  Get-Content (Join-Path $dir 'lifecycle.json')\n} else {".to_owned());
        lines.push(format!("  {} {}\n}}", aws(put), from("lifecycle-configuration", "lifecycle")));
    }
    lines.push(file("trust", &policy::trust(ask)));
    lines.push(file("put-only", &policy::permission(ask)));
    lines.push(find("NoSuchEntity", &steps.look_role));
    lines.push("if ($null -ne $answer) {".to_owned());
    let (description, other) = (powershell_quoted(&steps.description), powershell_quoted(words::kit::OTHER_ROLE_THERE));
    lines.push(format!("  if ($answer -cne {description}) {{ throw {other} }}"));
    lines.push(format!("  {}", say(words::kit::ROLE_THERE)));
    lines.push(format!("  {} {}", aws(&steps.update_trust), from("policy-document", "trust")));
    lines.push(format!("  {} | Out-Null\n}} else {{", aws(&steps.update_role)));
    let create = from("assume-role-policy-document", "trust");
    lines.push(format!("  {} {create} | Out-Null\n}}", aws(&steps.create_role)));
    lines.push(format!("{} {}", aws(&steps.put_policy), from("policy-document", "put-only")));
    lines.push(format!("$roleArn = {}", aws(&steps.role_arn)));
    let invitation = ask.invitation("' + $roleArn + '");
    lines.push(say(words::kit::SEND_THIS));
    lines.push(format!("Write-Output ('{}')", invitation.to_text()));
    lines.push(format!("Write-Output ('{}')", invitation.to_link()));
    lines.push("} finally { Remove-Item -Recurse -Path $dir }\n}\n".to_owned());
    lines.join("\n")
}

fn comments(ask: &RoleRequest) -> Vec<String> {
    let lines = super::head(ask).into_iter().chain([words::kit::COMMANDS_AS.to_owned()]);
    lines.map(|line| format!("# {line}")).collect()
}
