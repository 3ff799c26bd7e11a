//! Regions, buckets, folders and keys.

use super::{ROLE, SECRET, parsed};
use daypass::model::names::{
    Bucket, KeyPrefix, NameProblem, ObjectKey, Partition, Region, bucket_and_prefix_from_pasted,
};

#[test]
fn regions_cannot_name_another_host() {
    for (text, partition) in [
        ("eu-west-1", Partition::Aws),
        ("ap-southeast-5", Partition::Aws),
        ("mx-central-1", Partition::Aws),
        ("cn-northwest-1", Partition::AwsCn),
        ("us-gov-west-1", Partition::AwsUsGov),
        ("eusc-de-east-1", Partition::AwsEusc),
        ("us-isob-east-1", Partition::AwsIsoB),
    ] {
        let region: Region = parsed(text);
        assert!(region.fits(partition), "{text}");
        assert_eq!(Partition::ALL.into_iter().filter(|other| region.fits(*other)).count(), 1);
    }
    for text in [
        "evil.com/",
        "eu-west-1.evil.com",
        "eu-west-1/",
        "eu-west-1@x",
        "eu-west",
        "EU-WEST-1",
        "eu--west-1",
        "x",
        "eu-west-1\n",
        "eu-west-123",
        "evil-host-1",
    ] {
        assert!(text.parse::<Region>().is_err(), "{text}");
    }
    assert_eq!(Region::from_pasted(" Europe (Ireland) EU-West-1 ").expect("a region").as_str(), "eu-west-1");
    for partition in Partition::ALL {
        let region = partition.default_region();
        assert_eq!(parsed::<Region>(region.as_str()), region);
        assert!(region.fits(partition) && Partition::from_name(partition.as_str()) == Some(partition));
    }
}

#[test]
fn bucket_names_are_validated() {
    for text in ["importantprojectbucket", "a.b-c", "abc", "1-2", "my-ap-x1y2-s3alias", "a1.b2.c3.d4", "200.1.1.1000"] {
        assert!(!parsed::<Bucket>(text).is_legacy(), "{text}");
    }
    for text in ["MyLegacyBucket", "my_legacy_bucket", "_A.", "Acme..Files", &format!("{}_", "x".repeat(254))] {
        assert!(parsed::<Bucket>(text).is_legacy(), "{text}");
    }
    for (text, why) in [
        ("", NameProblem::Empty),
        ("ab", NameProblem::TooShort { min: 3, max: 63 }),
        ("A_", NameProblem::TooShort { min: 3, max: 255 }),
        ("Straße", NameProblem::Character('ß')),
        ("my bucket", NameProblem::Character(' ')),
        ("acme-uplo\u{430}d", NameProblem::Character('\u{430}')),
        ("-abc", NameProblem::BucketEdge),
        ("abc.", NameProblem::BucketEdge),
        ("a..b", NameProblem::BucketTwoDots),
        ("192.168.5.4", NameProblem::BucketIsAnAddress),
        ("xn--abc", NameProblem::BucketReserved("xn--")),
        ("amzn-s3-demo-bucket", NameProblem::BucketReserved("amzn-s3-demo-")),
        ("abc--ol-s3", NameProblem::BucketReserved("--ol-s3")),
        ("abc.mrap", NameProblem::BucketReserved(".mrap")),
        ("abc--use1-az4--x-s3", NameProblem::DirectoryBucket),
        ("abc/def", NameProblem::FolderBesideBucket),
        (SECRET, NameProblem::LooksLikeSecret),
    ] {
        assert_eq!(text.parse::<Bucket>(), Err(why.clone()), "{text}");
    }
    assert_eq!("x".repeat(64).parse::<Bucket>(), Err(NameProblem::TooLong { min: 3, max: 63 }));
    assert!(parsed::<Bucket>("a.b-c").has_dot() && !parsed::<Bucket>("abc").has_dot());
    let told =
        parsed::<Bucket>("logs-111122223333-us-gov-west-1-an").account_regional().expect("an owner and a region");
    assert_eq!((told.owner.as_str(), told.region.as_str()), ("111122223333", "us-gov-west-1"));
    assert_eq!(parsed::<Bucket>("urb-an").account_regional(), None);
}

#[test]
fn buckets_and_folders_are_accepted_as_people_paste_them() {
    for (text, bucket, prefix, region) in [
        ("abc", "abc", "", ""),
        ("Bucket: abc ", "abc", "", ""),
        ("abc/in", "abc", "in/", ""),
        ("s3://abc", "abc", "", ""),
        ("s3://abc/in/2026/", "abc", "in/2026/", ""),
        ("arn:aws:s3:::abc", "abc", "", ""),
        ("\"arn:aws:s3:::abc/in/*\"", "abc", "in/", ""),
        ("https://abc.s3.eu-west-1.amazonaws.com/in/", "abc", "in/", "eu-west-1"),
        ("https://a.b.s3.eu-west-1.amazonaws.com", "a.b", "", "eu-west-1"),
        ("https://s3.eu-west-1.amazonaws.com/abc/in", "abc", "in/", "eu-west-1"),
        ("https://s3-eu-west-1.amazonaws.com/abc", "abc", "", "eu-west-1"),
        ("abc.s3.amazonaws.com/in%20put/", "abc", "in put/", ""),
        ("https://abc.s3.dualstack.eu-west-1.amazonaws.com/", "abc", "", "eu-west-1"),
        ("https://abc.s3.cn-north-1.amazonaws.com.cn/", "abc", "", "cn-north-1"),
        ("https://console.s3.eu-west-1.amazonaws.com/", "console", "", "eu-west-1"),
        (
            "https://eu-west-1.console.aws.amazon.com/s3/buckets/abc?region=eu-west-1&prefix=in/2026/&tab=objects",
            "abc",
            "in/2026/",
            "eu-west-1",
        ),
        ("logs-111122223333-eu-west-1-an", "logs-111122223333-eu-west-1-an", "", "eu-west-1"),
    ] {
        let pasted = bucket_and_prefix_from_pasted(text).expect(text);
        let told = pasted.region.map(String::from).unwrap_or_default();
        assert_eq!((pasted.bucket.as_str(), pasted.prefix.as_str(), told.as_str()), (bucket, prefix, region), "{text}");
    }
    for (text, why) in [
        ("https://evil.example/abc", NameProblem::OtherLink),
        ("https://abc.s3.amazonaws.com.evil.example/", NameProblem::OtherLink),
        ("https://console.aws.amazon.com/ec2", NameProblem::OtherLink),
        ("arn:aws:s3:eu-west-1:111122223333:accesspoint/x", NameProblem::AccessPointArn),
        ("arn:aws:s3express:eu-west-1:1:bucket/x", NameProblem::DirectoryBucket),
        (ROLE, NameProblem::OtherService),
        ("s3://abc/../x", NameProblem::DotDot),
    ] {
        assert_eq!(bucket_and_prefix_from_pasted(text), Err(why), "{text}");
    }
    assert_eq!(Bucket::from_pasted("s3://abc/").expect("a bucket").as_str(), "abc");
    assert_eq!(Bucket::from_pasted("s3://abc/in"), Err(NameProblem::FolderBesideBucket));
}

#[test]
fn folders_and_keys_cannot_leave_their_place() {
    for text in ["incoming", "/incoming/", "incoming/", " incoming ", "incoming/*"] {
        assert_eq!(KeyPrefix::from_pasted(text).expect(text).as_str(), "incoming/");
    }
    for text in ["", "/", "*", "  "] {
        assert!(KeyPrefix::from_pasted(text).expect(text).is_empty());
    }
    assert_eq!(KeyPrefix::from_pasted("Größe/日本").expect("a folder").as_str(), "Größe/日本/");
    for (text, why) in [
        ("..", NameProblem::DotDot),
        ("a/../b", NameProblem::DotDot),
        ("./a", NameProblem::DotDot),
        ("a/...", NameProblem::DotDot),
        ("a//b", NameProblem::EmptySegment),
        ("//a", NameProblem::EmptySegment),
        ("a\\b", NameProblem::Backslash),
        ("a\u{7}b", NameProblem::Character('\u{7}')),
        ("a\nb", NameProblem::Character('\n')),
        ("a*b", NameProblem::Wildcard('*')),
        ("a?", NameProblem::Wildcard('?')),
        ("${aws:username}", NameProblem::Character('$')),
        ("s3://abc/in", NameProblem::BucketBesideFolder),
    ] {
        assert_eq!(KeyPrefix::from_pasted(text), Err(why), "{text}");
    }
    assert!(KeyPrefix::from_pasted(&"x".repeat(899)).is_ok());
    assert_eq!(KeyPrefix::from_pasted(&"é".repeat(450)), Err(NameProblem::TooLong { min: 0, max: 900 }));
    // Direction marks would make a folder read as another one.
    assert_eq!("a\u{202e}b/".parse::<KeyPrefix>(), Err(NameProblem::Character('\u{202e}')));
    assert_eq!("incoming".parse::<KeyPrefix>(), Err(NameProblem::NotOfTheForm));

    let folder: KeyPrefix = parsed("in/");
    for rest in ["a b%+#.txt", "🎉.bin", "e\u{301}", "sub/.hidden", "a\\b", "..a", "a..", &"x".repeat(255)] {
        assert_eq!(ObjectKey::new(&folder, rest).expect(rest).as_str(), format!("in/{rest}"));
    }
    for rest in ["", "/a", "a/", "a//b", "..", "a/../b", ".", "..\\a", "a\\..\\b", "a\0b", "a\nb"] {
        assert!(ObjectKey::new(&folder, rest).is_err(), "{rest:?}");
    }
    assert_eq!(ObjectKey::new(&folder, &"é".repeat(511)), Err(NameProblem::TooLong { min: 0, max: 1024 }));
}
