//! Finds the possible causes of a denied AssumeRole.

use super::terms::{self, CHANGED, Weight};
use super::titles;
use super::{Cause, CauseAction, Evidence, messages, mono, plain, told};
use crate::model::names::MfaSerial;
use crate::model::problem::{DeniedBy, Kind, Problem};
use crate::time::Utc;
use crate::words::format;

/// Maximum number of causes listed.
const MOST: usize = 6;

/// Returns the causes of a denied AssumeRole.
pub(super) fn denied(problem: &Problem, by: DeniedBy, known: &Evidence<'_>) -> Vec<Cause> {
    // An explicit deny usually depends on a condition.
    let forbidden = told(problem).contains("explicit deny");
    let mut list = match by {
        DeniedBy::YourPolicy => vec![own_company(problem, known, forbidden), not_named(problem, known)],
        DeniedBy::Boundary => vec![boundary(problem, known), own_company(problem, known, forbidden)],
        DeniedBy::SessionPolicy => vec![limited_key(problem, known), own_company(problem, known, forbidden)],
        DeniedBy::OrganizationPolicy => vec![organization(problem, known), place_or_time()],
        DeniedBy::EndpointPolicy => vec![endpoint(problem, known), place_or_time()],
        DeniedBy::ResourceControl => vec![customers_organization(problem, known), place_or_time()],
        DeniedBy::TagSession => vec![action_missing(problem, known, "sts:TagSession")],
        DeniedBy::SourceIdentity => vec![action_missing(problem, known, "sts:SetSourceIdentity")],
        DeniedBy::TrustPolicy | DeniedBy::ResourcePolicy | DeniedBy::RolePolicy => {
            weighed(problem, known, if forbidden { &Likely::FORBIDDEN } else { &Likely::TRUST }, None)
        }
        DeniedBy::Unknown => {
            let same = known.same_account(problem) == Some(true);
            let company = match (same, known.worked_before) {
                (false, _) => Some(own_company(problem, known, false)),
                (true, false) => Some(account_alone(problem, known)),
                (true, true) => None,
            };
            weighed(problem, known, &Likely::UNKNOWN, company)
        }
    };
    if known.retrying && !known.worked_before {
        list.push(just_made());
    }
    list
}

/// The weights of the causes that the evidence neither proves nor rules out, for one kind of denial.
struct Likely {
    role: Weight,
    role_before: Weight,
    name: Weight,
    id: Weight,
    /// The external ID, if none was sent and none is known.
    id_missing: Weight,
    /// Whether the external ID is a cause whatever is known about it.
    id_always: bool,
    /// A mistyped role: AWS answers for a missing role as for one that denies access. `None` if the answer shows that
    /// the role exists.
    other_role: Option<Weight>,
    company: Weight,
    code: Weight,
    place: Weight,
    place_before: Weight,
}

impl Likely {
    /// The same text for every cause: first the role's trust, then what was sent, and the permission in the caller's
    /// own account, which a role in another account requires as well (IAM User Guide, "Cross-account policy evaluation
    /// logic").
    const UNKNOWN: Self = Self {
        role: 60,
        role_before: CHANGED,
        name: 58,
        id: 55,
        id_missing: 26,
        id_always: false,
        other_role: Some(28),
        company: 50,
        code: 40,
        place: 30,
        place_before: 70,
    };
    /// The trust policy does not allow it: it doesn't name the user, or a condition is not met.
    const TRUST: Self = Self { id_missing: 55, id_always: true, other_role: None, place_before: 30, ..Self::UNKNOWN };
    /// The trust policy denies it explicitly, most likely because of a condition.
    const FORBIDDEN: Self =
        Self { role: 52, role_before: 52, name: 64, place: 66, place_before: 66, code: 62, ..Self::TRUST };
}

/// Returns the causes by weight: those that can be checked, and then the others.
///
/// An invitation states the conditions that the role had when it was created. A value that was sent as it says is no
/// longer the likeliest cause, and a condition that it doesn't state is a cause only if the customer has changed the
/// role since.
fn weighed(problem: &Problem, known: &Evidence<'_>, likely: &Likely, company: Option<Cause>) -> Vec<Cause> {
    let (to, terms) = (known.destination, &known.destination.terms);
    let before = known.worked_before;
    let mut list = terms::checked(problem, known);
    if before {
        list.push((likely.role_before, taken_back(problem, known)));
    } else {
        list.push((likely.role, not_named(problem, known)));
        if !terms.told
            && let Some(cause) = session_name(problem, known)
        {
            list.push((likely.name, cause));
        }
    }
    if let Some(company) = company {
        list.push((likely.company, company));
    }
    let sent = to.mfa_serial.is_some();
    if list.iter().all(|(_, cause)| cause.action != CauseAction::EnterCode) {
        list.push((if terms.told { 20 } else { likely.code }, code(sent, before)));
    }
    let other_id = terms.external_id.is_some() && terms.external_id != to.external_id;
    let id = if to.external_id.is_some() { likely.id } else { likely.id_missing };
    // An invitation would have stated an external ID, and access that worked before sent the right one.
    if !other_id && (likely.id_always || !before && (to.external_id.is_some() || !terms.told)) {
        list.push((if terms.told { 25 } else { id }, external_id(known)));
    }
    if let Some(weight) = likely.other_role.filter(|_| !terms.told && !before) {
        list.push((weight, other_role(known)));
    }
    if terms.networks.is_empty() {
        let place = if before { likely.place_before } else { likely.place };
        list.push((place, place_or_time()));
    }
    // The sort is stable: equal weights stay in order.
    list.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    // If one cause is certain, others would distract; the next one stays in case there is a second reason.
    let sure = list.first().is_some_and(|(weight, _)| *weight == terms::CERTAIN);
    list.truncate(if sure { 2 } else { MOST });
    list.into_iter().map(|(_, cause)| cause).collect()
}

fn not_named(problem: &Problem, known: &Evidence<'_>) -> Cause {
    if known.destination.terms.told {
        let mut body = vec![plain("Ask your customer whether "), mono(known.destination.role.role_name())];
        body.push(plain(" exists and names "));
        body.push(known.caller(problem).map_or_else(|| plain("your user"), mono));
        body.push(plain("."));
        let message = messages::not_named(problem, known);
        return Cause::new(titles::ROLE_MISSING_OR_UNNAMED, body, CauseAction::CopyForCustomer(message));
    }
    let body = match known.caller(problem) {
        Some(arn) => vec![plain("Your customer must add "), mono(arn), plain(" to the role’s trust policy.")],
        None => vec![plain("Your customer must add your user to the role’s trust policy.")],
    };
    let message = messages::not_named(problem, known);
    Cause::new(titles::NOT_NAMED, body, CauseAction::CopyForCustomer(message))
}

/// The trust policy allows the caller but lacks an action that the caller's own session requires as well.
fn action_missing(problem: &Problem, known: &Evidence<'_>, action: &str) -> Cause {
    let body = vec![
        plain("Your customer must add "),
        mono(action),
        plain(" next to "),
        mono("sts:AssumeRole"),
        plain(" in the role’s trust policy."),
    ];
    let message = messages::action_missing(problem, known, action);
    Cause::new(titles::TRUST_LACKS_ACTION, body, CauseAction::CopyForCustomer(message))
}

/// The role worked before and is denied now.
pub(super) fn taken_back(problem: &Problem, known: &Evidence<'_>) -> Cause {
    let to = known.destination;
    let last = last(known.learned.and_then(|learned| learned.worked));
    let mut body = vec![
        plain(format!("It let you in before{last}. Ask whether ")),
        mono(to.role.role_name()),
        plain(" still exists and still names you"),
    ];
    // The customer may have changed the conditions, so the values that are sent are named.
    if let Some(id) = &to.external_id {
        body.extend([plain(", with the external ID "), mono(id.as_str())]);
    }
    if to.terms.session_is_user {
        body.push(plain(", under your own name"));
    }
    if to.terms.told && to.mfa_serial.is_none() {
        body.push(plain(", without a code"));
    }
    body.push(plain("."));
    let message = messages::worked_before(problem, known);
    Cause::new(titles::ROLE_CHANGED, body, CauseAction::CopyForCustomer(message))
}

/// Returns when it last worked, as the end of a sentence.
pub(super) fn last(at: Option<Utc>) -> String {
    at.filter(|at| at.0 > 0).map_or_else(String::new, |at| format!(", last on {}", format::day(at)))
}

/// The session's credentials are no longer valid although the role may be unchanged.
pub(super) fn key_was_replaced() -> Cause {
    Cause::new(
        titles::ROLE_RECREATED,
        vec![plain("Access from before no longer works. Renew: if the role names you, uploads continue.")],
        CauseAction::Details(
            "Amazon knows a role by an ID, not by its name. When a role is deleted and created again, all access it \
             gave before ends immediately. New access works as soon as the new role names you. What was sent so far \
             is kept, and the uploads continue from there."
                .to_owned(),
        ),
    )
}

fn own_company(problem: &Problem, known: &Evidence<'_>, forbidden: bool) -> Cause {
    if known.worked_before && !forbidden {
        return Cause::new(
            titles::COMPANY_TOOK_BACK,
            vec![
                plain("Your administrator must allow "),
                mono("sts:AssumeRole"),
                plain(" on this role for your user again."),
            ],
            CauseAction::CopyForAdministrator(messages::own_company(problem, known)),
        );
    }
    let body = if forbidden {
        vec![plain("A policy of your own account forbids "), mono("sts:AssumeRole"), plain(" on this role.")]
    } else {
        vec![plain("Your administrator must allow "), mono("sts:AssumeRole"), plain(" on this role for your user.")]
    };
    Cause::new(
        titles::COMPANY_NOT_ALLOWED,
        body,
        CauseAction::CopyForAdministrator(messages::own_company(problem, known)),
    )
}

/// In one account, a trust policy that names the user is enough; one that names the account is not.
fn account_alone(problem: &Problem, known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::ACCOUNT_TRUSTED,
        vec![plain("Your user then also needs "), mono("sts:AssumeRole"), plain(" on this role.")],
        CauseAction::CopyForAdministrator(messages::own_company(problem, known)),
    )
}

fn boundary(problem: &Problem, known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::USER_BOUNDARY,
        vec![plain("Your administrator must add "), mono("sts:AssumeRole"), plain(" on this role to the boundary.")],
        CauseAction::CopyForAdministrator(messages::own_company(problem, known)),
    )
}

fn limited_key(problem: &Problem, known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::KEY_LIMITED,
        vec![plain("It has a session policy that doesn’t include this role. Get a new key without that restriction.")],
        CauseAction::CopyForAdministrator(messages::own_company(problem, known)),
    )
}

fn organization(problem: &Problem, known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::OWN_ORGANIZATION,
        vec![plain("Your organization has a service control policy. Your administrator can ask for this role there.")],
        CauseAction::CopyForAdministrator(messages::own_company(problem, known)),
    )
}

fn customers_organization(problem: &Problem, known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::CUSTOMER_ORGANIZATION,
        vec![plain("Your customer’s organization doesn’t let anyone from outside use its roles.")],
        CauseAction::CopyForCustomer(messages::not_named(problem, known)),
    )
}

fn endpoint(problem: &Problem, known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::ENDPOINT_LEAVES_ROLE_OUT,
        vec![plain("Your network reaches Amazon through a VPC endpoint, and its policy doesn’t allow this role.")],
        CauseAction::CopyForAdministrator(messages::own_company(problem, known)),
    )
}

fn external_id(known: &Evidence<'_>) -> Cause {
    let body = match &known.destination.external_id {
        Some(id) => vec![
            plain("You sent "),
            mono(id.as_str()),
            plain(". Check with your customer that it is exactly this, including capitals."),
        ],
        None => vec![plain("You sent none. If your customer gave you one, enter it.")],
    };
    Cause::new(titles::EXTERNAL_ID, body, CauseAction::EditDestination)
}

/// A mistyped role may be the cause: AWS answers for a missing role as for one that denies access.
fn other_role(known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::OTHER_ROLE,
        vec![
            plain("You entered "),
            mono(known.destination.role.as_str()),
            plain(". Compare it letter by letter with what your customer gave you: account, path and capitals."),
        ],
        CauseAction::EditDestination,
    )
}

/// A trust policy may require the user name as session name (`sts:RoleSessionName`).
fn session_name(problem: &Problem, known: &Evidence<'_>) -> Option<Cause> {
    let name = known.destination.session_name.as_ref()?;
    let (_, user) = known.caller(problem)?.rsplit_once('/')?;
    (user != name.as_str()).then(|| {
        Cause::new(
            titles::OWN_NAME_MAYBE,
            vec![
                plain("The session’s name is "),
                mono(name.as_str()),
                plain(", and you are "),
                mono(user),
                plain(". Clear the session name and try again."),
            ],
            CauseAction::EditDestination,
        )
    })
}

fn code(sent: bool, before: bool) -> Cause {
    let (title, body) = match (sent, before) {
        (true, true) => (
            titles::CODE_NOT_ENOUGH,
            "A code was sent. It may have been too old, or from another device. Enter a new one and try again.",
        ),
        // There is no automatic retry here, because each code works once. AWS may just not know the role yet.
        (true, false) => (
            titles::CODE_NOT_ENOUGH,
            "It may have been too old, or from another device. If the role was created a moment ago, Amazon takes \
             about a minute to recognize it. Then enter a new code.",
        ),
        (false, _) => (titles::CODE_WANTED, "Enter the six digits from your device and try again."),
    };
    Cause::new(title, vec![plain(body)], CauseAction::EnterCode)
}

fn place_or_time() -> Cause {
    Cause::new(
        titles::PLACE_OR_TIME,
        vec![plain("The role may work only from certain networks or dates.")],
        CauseAction::Details(
            "A role can be restricted to the addresses of certain networks, or to dates. If you work from home, try \
             your company’s network or VPN. If the delivery was planned for other days, ask your customer to move \
             the dates in the role’s trust policy. A role that was created or changed a minute ago may also need a \
             moment: Amazon takes a while to recognize it. A missing or different external ID gets the same answer."
                .to_owned(),
        ),
    )
}

fn just_made() -> Cause {
    Cause::new(
        titles::JUST_MADE,
        vec![plain("Amazon takes about a minute to recognize it. Daypass keeps asking automatically.")],
        CauseAction::Details(
            "A change to a role or a permission reaches all of Amazon’s computers within about a minute. Daypass \
             asks every ten seconds during that time, and continues as soon as it is let in. You don’t need to do \
             anything."
                .to_owned(),
        ),
    )
}

/// Returns the causes of a rejected MFA code or device.
pub(super) fn code_problem(kind: Kind, known: &Evidence<'_>) -> Vec<Cause> {
    let serial = known.destination.mfa_serial.as_ref().map(MfaSerial::as_str);
    let device = || {
        let body = match serial {
            Some(serial) if serial.contains(":user/") => vec![
                plain("You entered "),
                mono(serial),
                plain(", which is your user. The device is "),
                mono(serial.replacen(":user/", ":mfa/", 1)),
                plain(" or has a name of its own."),
            ],
            Some(serial) => vec![
                plain("You entered "),
                mono(serial),
                plain(". Look it up in the AWS console, under Security credentials."),
            ],
            None => vec![plain(
                "No device was entered. You’ll find its serial number in the AWS console, under Security credentials.",
            )],
        };
        Cause::new(titles::SERIAL, body, CauseAction::EditDestination)
    };
    let next = |title: &str, body: &str| Cause::new(title, vec![plain(body)], CauseAction::EnterCode);
    if kind == Kind::SerialWrong {
        return vec![device(), replaced_device()];
    }
    if kind != Kind::CodeWrong {
        let now = "Enter the six digits that your device shows now.";
        return vec![next(titles::CODE_WANTED, now)];
    }
    vec![
        next(titles::CODE_USED, "Wait until your device shows the next one."),
        next(
            titles::PHONE_CLOCK,
            "Codes depend on the phone’s clock. Turn on automatic time there and enter a new code.",
        ),
        device(),
    ]
}

fn replaced_device() -> Cause {
    Cause::new(
        titles::DEVICE_REPLACED,
        vec![plain("A new phone is a new device, often with a new serial number. Enter the new one.")],
        CauseAction::EditDestination,
    )
}

/// Formats the account of a destination in groups of four digits.
pub(super) fn spaced(account: &str) -> String {
    format::account(account)
}
