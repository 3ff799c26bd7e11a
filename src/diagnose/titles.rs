//! The titles of causes, each in a few words.

// Causes of a denied AssumeRole.
pub const ROLE_MISSING_OR_UNNAMED: &str = "The role is not there, or does not name you";
pub const NOT_NAMED: &str = "The role does not name you yet";
pub const TRUST_LACKS_ACTION: &str = "The trust policy lacks one action";
pub const ROLE_CHANGED: &str = "Your customer changed or took back the role";
pub const ROLE_RECREATED: &str = "The role was made anew under the same name";
pub const COMPANY_TOOK_BACK: &str = "Your own company took back its permission";
pub const COMPANY_NOT_ALLOWED: &str = "Your own company has not allowed you to ask";
pub const ACCOUNT_TRUSTED: &str = "The role trusts the account, and not you by name";
pub const USER_BOUNDARY: &str = "Your user’s permissions boundary leaves this role out";
pub const KEY_LIMITED: &str = "The key of this profile is limited";
pub const OWN_ORGANIZATION: &str = "A rule above your own account forbids it";
pub const CUSTOMER_ORGANIZATION: &str = "A rule above your customer’s account forbids it";
pub const ENDPOINT_LEAVES_ROLE_OUT: &str = "Your network’s way to Amazon leaves this role out";
pub const EXTERNAL_ID: &str = "The external ID is not the one the role expects";
pub const OTHER_ROLE: &str = "The role’s ARN may be another one";
pub const OWN_NAME_MAYBE: &str = "The role may want your own name on the access";
pub const CODE_NOT_ENOUGH: &str = "The code from your phone is not enough (MFA)";
pub const CODE_WANTED: &str = "The role wants a code from your phone (MFA)";
pub const PLACE_OR_TIME: &str = "You are outside the allowed place or time";
pub const JUST_MADE: &str = "The role was set up only a moment ago";
pub const SERIAL: &str = "The serial is not that of your device";
pub const CODE_USED: &str = "The code was used already, or its time was over";
pub const PHONE_CLOCK: &str = "The clock of your phone is off";
pub const DEVICE_REPLACED: &str = "The device was replaced";

// Conditions that the invitation told of.
pub const TIME_OVER: &str = "Your time for this role is over";
pub const TIME_NOT_BEGUN: &str = "Your time for this role has not begun";
pub const EXTERNAL_ID_OF_INVITATION: &str = "The external ID is not that of your invitation";
pub const OWN_NAME: &str = "The role wants your own name on the access";
pub const OTHER_USER: &str = "You ask as another user than before";
pub const NETWORKS: &str = "You are outside the networks that the role allows";

// Causes at the bucket.
pub const ROLE_OR_BUCKET_CHANGED: &str = "Your customer changed the role or the bucket";
pub const BUCKET_OF_ANOTHER_ACCOUNT: &str = "The bucket may belong to another account";
pub const FOLDER: &str = "The role does not allow this folder";
pub const OTHER_BUCKET_OR_FOLDER: &str = "The bucket or the folder is another one";
pub const BUCKET_POLICY: &str = "The bucket has a policy of its own";
pub const ENCRYPTION: &str = "The bucket wants another encryption";
pub const HAND_OVER: &str = "The bucket wants each file handed over to its owner";
pub const MAY_NOT_HAND_OVER: &str = "The role may not hand files over to the bucket’s owner";
pub const ROLE_BOUNDARY: &str = "A permissions boundary on the role leaves this folder out";
pub const ENDPOINT_LEAVES_BUCKET_OUT: &str = "Your network’s way to Amazon leaves this bucket out";
pub const OTHER_NETWORK: &str = "You are in another network than before";
pub const SELF_LIMIT: &str = "Daypass limits itself to another folder";
pub const KEY_DECRYPT: &str = "The role may not read the key for large files";
pub const KEY_OFF: &str = "The key is switched off or is being deleted";
pub const KEY_MISSING: &str = "The bucket names a key that is not there";
pub const KEY_DENIED: &str = "The role may not use the bucket’s key";
pub const KEY_OF_ANOTHER_ACCOUNT: &str = "The key is in another account than the role";
pub const CAPITALS: &str = "The name has no capitals or underscores";
pub const OTHER_NAME: &str = "The name is another one";
pub const BUCKET_MISSING: &str = "The bucket was deleted, or is not made yet";
pub const NO_ACCESS_LISTS: &str = "The bucket takes no access lists";
pub const PAYLOAD: &str = "The bucket’s policy has a condition on the payload";

// The profile, the account, the network.
pub const ACCESS_KEY_OFF: &str = "The key was deleted or switched off";
pub const ACCESS_KEY_OF_ANOTHER_PARTITION: &str = "The key is of another part of Amazon";
pub const SECRET_CUT: &str = "The secret was cut off when it was copied";
pub const SECRET_OF_ANOTHER_KEY: &str = "Key and secret are of two different keys";
pub const KEY_OF_ACCOUNT_OWNER: &str = "The profile holds the key of the account’s owner";
pub const REGION_OFF: &str = "Your account does not use this region";
pub const SESSION_TOO_LONG: &str = "The role’s longest session is shorter";
pub const ANSWER_OF_ANOTHER_ACCOUNT: &str = "The answer is of another account";
pub const ANSWER_OF_ANOTHER_ROLE: &str = "The answer is of another role";
pub const CUSTOMER_SUSPENDED: &str = "Your customer’s account is suspended";
pub const OWN_ACCOUNT_SUSPENDED: &str = "Your own account is suspended";
pub const PROXY: &str = "The proxy of your network does not let Amazon through";
pub const INSPECTION: &str = "Your network opens encrypted connections";
pub const LISTENER: &str = "Somebody listens in";
pub const REQUESTS_CHANGED: &str = "A proxy or a security program changes requests";
pub const SIGN_IN_PAGE: &str = "This network has a sign-in page";
pub const PROXY_PAGE: &str = "A proxy answers with a page of its own";
pub const PROXY_OR_FILTER: &str = "A proxy or a filter stands in between";
