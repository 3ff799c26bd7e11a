//! What receipts say about files whose server confirmed no checksum.

use super::*;

#[test]
fn a_file_without_a_confirmed_checksum_is_never_called_checked() {
    let mut bare = stored(b"bare");
    bare.proof = Proof::NoChecksum;
    let lines = [delivered("whole", b"whole"), line("bare", Outcome::Delivered(bare))];
    let receipt = receipt(&lines);
    let proofs = receipt.proofs();
    assert_eq!(proofs, words::Proofs { whole: 1, parts: 0, none: 1 });
    let read: Receipt = serde_json::from_str(&receipt.json()).expect("it reads");
    assert_eq!(read.delivered[1].confirmed, Proof::NoChecksum);
    assert_eq!(parse_csv(&receipt.csv())[2][6], words::proof_in_full(Proof::NoChecksum, words::By::Amazon));
    let html = receipt.html();
    assert!(html.contains(&format!("<td class=\"proof\">{}</td>", words::proof(Proof::NoChecksum))));
    assert!(html.contains("class=\"sum warn\"") && html.contains(&words::confirmed(proofs, words::By::Amazon)));
    assert!(receipt.message().contains(&words::confirmed(proofs, words::By::Amazon)));
    let none = words::Proofs { whole: 0, parts: 0, none: 2 };
    for by in [words::By::Amazon, words::By::Practice, words::By::Server("http://x")] {
        assert!(!words::confirmed(none, by).contains("checked"), "{}", words::confirmed(none, by));
    }
}
