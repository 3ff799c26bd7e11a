//! Finds the possible causes of problems with the key, the clock, the account or the network.

use super::assume::spaced;
use super::titles;
use super::{Cause, CauseAction, Evidence, messages, mono, plain};
use crate::model::problem::{Kind, Problem};

/// Returns the causes; none if the problem's sentence is enough.
#[expect(clippy::wildcard_enum_match_arm, reason = "most sentences need no causes beside them")]
pub(super) fn causes(problem: &Problem, known: &Evidence<'_>) -> Vec<Cause> {
    let to = known.destination;
    let profile = || mono(to.profile.as_str());
    let administrator = |message: String| CauseAction::CopyForAdministrator(message);
    match problem.kind {
        Kind::KeyNotAccepted => vec![
            Cause::new(
                titles::ACCESS_KEY_OFF,
                vec![plain("Your administrator can turn it on, or give you a new one for "), profile(), plain(".")],
                administrator(messages::new_key(known)),
            ),
            Cause::new(
                titles::ACCESS_KEY_OF_ANOTHER_PARTITION,
                vec![plain("Keys from China or from government clouds work only there. Choose another profile.")],
                CauseAction::EditDestination,
            ),
        ],
        Kind::SecretWrong => vec![
            Cause::new(
                titles::SECRET_CUT,
                vec![plain("It has 40 characters. Copy it again into "), profile(), plain(".")],
                CauseAction::Details(
                    "In the credentials file a secret stands after “aws_secret_access_key =”, without quotes. \
                     Programs cut it at a space followed by “#” or “;”. If it can’t be copied again, ask your \
                     administrator for a new key: Amazon shows a secret only once."
                        .to_owned(),
                ),
            ),
            Cause::new(
                titles::SECRET_OF_ANOTHER_KEY,
                vec![plain("Ask your administrator for a new key, and copy both lines together.")],
                administrator(messages::new_key(known)),
            ),
        ],
        Kind::RootKey => vec![Cause::new(
            titles::KEY_OF_ACCOUNT_OWNER,
            vec![plain("Ask your administrator for your own user with an access key.")],
            administrator(messages::new_key(known)),
        )],
        Kind::RegionOff => vec![Cause::new(
            titles::REGION_OFF,
            vec![plain("Your administrator can turn on STS there.")],
            administrator(messages::region_on(known)),
        )],
        Kind::TooLong => vec![Cause::new(
            titles::SESSION_TOO_LONG,
            vec![plain("Choose one hour, or ask your customer to raise the maximum session duration.")],
            CauseAction::CopyForCustomer(messages::longer(known)),
        )],
        Kind::OtherAccount => vec![Cause::new(
            titles::ANSWER_OF_ANOTHER_ACCOUNT,
            vec![
                plain("The role is in account "),
                mono(spaced(to.role.account().as_str())),
                plain(". Check it with your customer."),
            ],
            CauseAction::EditDestination,
        )],
        Kind::OtherRole => vec![Cause::new(
            titles::ANSWER_OF_ANOTHER_ROLE,
            vec![plain("You asked for "), mono(to.role.role_name()), plain(". Check it with your customer.")],
            CauseAction::EditDestination,
        )],
        Kind::AccountProblem => vec![
            Cause::new(
                titles::CUSTOMER_SUSPENDED,
                vec![plain(
                    "It may be closed, unpaid or not fully signed up. Your customer can see it in the console.",
                )],
                CauseAction::CopyForCustomer(messages::account(known, true)),
            ),
            Cause::new(
                titles::OWN_ACCOUNT_SUSPENDED,
                vec![plain("The same may be true on your side. Your administrator can see it in the console.")],
                administrator(messages::account(known, false)),
            ),
        ],
        Kind::ProxyRefused => vec![Cause::new(
            titles::PROXY,
            vec![plain("Your administrator must allow the names in this message.")],
            administrator(messages::network(known)),
        )],
        Kind::NotTrusted => vec![
            Cause::new(
                titles::INSPECTION,
                vec![plain(
                    "Your administrator can add its certificate to this computer, or exempt Amazon from inspection.",
                )],
                administrator(messages::network(known)),
            ),
            Cause::new(
                titles::LISTENER,
                vec![plain("On an unfamiliar network, use your company’s VPN or switch to another network.")],
                CauseAction::Details(
                    "Amazon proves who it is with a certificate. The answer came without one that this computer \
                     trusts. In a company, this is often a security program that inspects all connections. In a \
                     hotel or a café, it may be someone with bad intentions. Daypass sent nothing."
                        .to_owned(),
                ),
            ),
        ],
        Kind::SignatureRefused => vec![Cause::new(
            titles::REQUESTS_CHANGED,
            vec![plain(
                "Amazon receives something other than what Daypass sent. Your administrator must exempt these names from inspection.",
            )],
            administrator(messages::network(known)),
        )],
        Kind::LoginPage => vec![
            Cause::new(
                titles::SIGN_IN_PAGE,
                vec![plain("Open any page in a browser and sign in there. Daypass continues automatically.")],
                CauseAction::Details(
                    "Hotels, trains and guest networks answer every request with their own page until you have \
                     signed in. Daypass noticed that the answer didn’t come from Amazon. Nothing counts as \
                     delivered."
                        .to_owned(),
                ),
            ),
            Cause::new(
                titles::PROXY_PAGE,
                vec![plain("If no sign-in page opens, your administrator must allow the names in this message.")],
                administrator(messages::network(known)),
            ),
        ],
        Kind::GatewayRefused(_) => vec![Cause::new(
            titles::PROXY_OR_FILTER,
            vec![plain("Your administrator must let requests to the names in this message through.")],
            administrator(messages::network(known)),
        )],
        _kind => Vec::new(),
    }
}
