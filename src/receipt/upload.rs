//! The receipt of the current delivery, and its upload to the destination.

use super::Receipt;
use crate::engine::handle::Handle;
use crate::engine::single_object::SentObject;
use crate::model::problem::Problem;
use crate::model::upload::DestinationId;
use bytes::Bytes;

/// How many names are tried before the upload is given up because all are taken.
const MAX_NAMES: u32 = 9;

impl Receipt {
    /// Returns the receipt of the current delivery to a destination, or of the last one in this run.
    ///
    /// # Errors
    /// `JournalBroken` if the journal can't be read or nothing was delivered.
    pub async fn of_last(engine: &Handle, destination: DestinationId) -> Result<Self, Problem> {
        let (delivery, files) = engine.last_delivery(destination).await?;
        Ok(Self::of(&delivery, &files))
    }

    /// Uploads that receipt as a page to the destination's folder, without replacing anything. It is not counted among
    /// the delivery's files.
    ///
    /// # Errors
    /// As [`Receipt::of_last`]; `SessionEnded` if there is no access; `AlreadyThere` if all names are taken; otherwise
    /// S3's error.
    pub async fn send_last(engine: &Handle, destination: DestinationId) -> Result<SentObject, Problem> {
        let receipt = Self::of_last(engine, destination).await?;
        let keys = (1..=MAX_NAMES).map(|number| receipt.prefix.clone() + &receipt.sent_name(number)).collect();
        engine.put_object(destination, keys, Bytes::from(receipt.html())).await
    }
}
