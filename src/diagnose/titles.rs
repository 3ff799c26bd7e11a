//! The titles of causes, each in a few words.

// Causes of a denied AssumeRole.
pub const ROLE_MISSING_OR_UNNAMED: &str = "The role doesn’t exist, or doesn’t name you";
pub const NOT_NAMED: &str = "The role doesn’t name you yet";
pub const TRUST_LACKS_ACTION: &str = "The role’s trust policy is missing one action";
pub const ROLE_CHANGED: &str = "Your customer changed or withdrew the role";
pub const ROLE_RECREATED: &str = "The role was recreated under the same name";
pub const COMPANY_TOOK_BACK: &str = "Your own company withdrew its permission";
pub const COMPANY_NOT_ALLOWED: &str = "Your own company hasn’t allowed you to ask for access";
pub const ACCOUNT_TRUSTED: &str = "The role trusts your account, but not you by name";
pub const USER_BOUNDARY: &str = "Your permissions boundary doesn’t include this role";
pub const KEY_LIMITED: &str = "This profile’s key is restricted";
pub const OWN_ORGANIZATION: &str = "A rule above your own account forbids it";
pub const CUSTOMER_ORGANIZATION: &str = "A rule above your customer’s account forbids it";
pub const ENDPOINT_LEAVES_ROLE_OUT: &str = "Your network doesn’t allow access to this role";
pub const EXTERNAL_ID: &str = "The external ID isn’t the one the role expects";
pub const OTHER_ROLE: &str = "The role’s ARN may be wrong";
pub const OWN_NAME_MAYBE: &str = "The role may require your own name on the session";
pub const CODE_NOT_ENOUGH: &str = "The MFA code wasn’t enough";
pub const CODE_WANTED: &str = "The role requires an MFA code";
pub const PLACE_OR_TIME: &str = "You are outside the allowed networks or dates";
pub const JUST_MADE: &str = "The role was created only a moment ago";
pub const SERIAL: &str = "The serial number isn’t your device’s";
pub const CODE_USED: &str = "The code was already used, or it had expired";
pub const PHONE_CLOCK: &str = "Your phone’s clock is wrong";
pub const DEVICE_REPLACED: &str = "The device was replaced";

// Conditions that the invitation told of.
pub const TIME_OVER: &str = "Your time for this role has ended";
pub const TIME_NOT_BEGUN: &str = "Your time for this role hasn’t started yet";
pub const EXTERNAL_ID_OF_INVITATION: &str = "The external ID isn’t the one in your invitation";
pub const OWN_NAME: &str = "The role requires your own name on the session";
pub const OTHER_USER: &str = "You’re asking as a different user than before";
pub const NETWORKS: &str = "You are outside the networks that the role allows";

// Causes at the bucket.
pub const ROLE_OR_BUCKET_CHANGED: &str = "Your customer changed the role or the bucket";
pub const BUCKET_OF_ANOTHER_ACCOUNT: &str = "The bucket may belong to another account";
pub const FOLDER: &str = "The role doesn’t allow this folder";
pub const OTHER_BUCKET_OR_FOLDER: &str = "The bucket or the folder is different";
pub const BUCKET_POLICY: &str = "The bucket has a policy of its own";
pub const ENCRYPTION: &str = "The bucket requires a different encryption";
pub const HAND_OVER: &str = "The bucket requires full control for its owner";
pub const MAY_NOT_HAND_OVER: &str = "The role can’t give the bucket’s owner full control";
pub const ROLE_BOUNDARY: &str = "A permissions boundary on the role doesn’t include this folder";
pub const ENDPOINT_LEAVES_BUCKET_OUT: &str = "Your network doesn’t allow access to this bucket";
pub const OTHER_NETWORK: &str = "You’re on a different network than before";
pub const SELF_LIMIT: &str = "Daypass restricts itself to another folder";
pub const KEY_DECRYPT: &str = "The role can’t use the key for large files";
pub const KEY_OFF: &str = "The key is turned off or is being deleted";
pub const KEY_MISSING: &str = "The bucket names a key that doesn’t exist";
pub const KEY_DENIED: &str = "The role can’t use the bucket’s key";
pub const KEY_OF_ANOTHER_ACCOUNT: &str = "The key and the role are in different accounts";
pub const CAPITALS: &str = "The name probably has no capitals or underscores";
pub const OTHER_NAME: &str = "The name is different";
pub const BUCKET_MISSING: &str = "The bucket was deleted, or doesn’t exist yet";
pub const NO_ACCESS_LISTS: &str = "The bucket doesn’t accept access lists";
pub const PAYLOAD: &str = "The bucket’s policy has a condition on the payload";

// The profile, the account, the network.
pub const ACCESS_KEY_OFF: &str = "The key was deleted or turned off";
pub const ACCESS_KEY_OF_ANOTHER_PARTITION: &str = "The key belongs to another AWS partition";
pub const SECRET_CUT: &str = "The secret was cut off when it was copied";
pub const SECRET_OF_ANOTHER_KEY: &str = "The secret belongs to a different key";
pub const KEY_OF_ACCOUNT_OWNER: &str = "The profile holds the key of the account’s owner";
pub const REGION_OFF: &str = "Your account doesn’t use this region";
pub const SESSION_TOO_LONG: &str = "The role allows only shorter sessions";
pub const ANSWER_OF_ANOTHER_ACCOUNT: &str = "The answer is from another account";
pub const ANSWER_OF_ANOTHER_ROLE: &str = "The answer is from another role";
pub const CUSTOMER_SUSPENDED: &str = "Your customer’s account is suspended";
pub const OWN_ACCOUNT_SUSPENDED: &str = "Your own account is suspended";
pub const PROXY: &str = "Your network’s proxy doesn’t let Amazon through";
pub const INSPECTION: &str = "Your network inspects encrypted connections";
pub const LISTENER: &str = "Someone may be intercepting the connection";
pub const REQUESTS_CHANGED: &str = "A proxy or a security program changes requests";
pub const SIGN_IN_PAGE: &str = "This network has a sign-in page";
pub const PROXY_PAGE: &str = "A proxy answers with its own page";
pub const PROXY_OR_FILTER: &str = "A proxy or a filter is in the way";
