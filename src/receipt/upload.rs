//! The receipt of a running engine's delivery, and that receipt sent beside the files it tells of.

use super::Receipt;
use crate::engine::handle::Handle;
use crate::engine::single_object::SentObject;
use crate::model::problem::Problem;
use crate::model::upload::DestinationId;
use bytes::Bytes;

/// How many names are tried before a receipt is not sent because they are all taken.
const MAX_NAMES: u32 = 9;

impl Receipt {
    /// Reads the receipt of the delivery that is going on at a destination, or was the last of this run.
    ///
    /// # Errors
    /// `JournalBroken` if the journal can't be read or nothing was delivered.
    pub async fn of_last(engine: &Handle, destination: DestinationId) -> Result<Self, Problem> {
        let (delivery, files) = engine.last_delivery(destination).await?;
        Ok(Self::of(&delivery, &files))
    }

    /// Sends that receipt as a page beside its files, never over what is there already. It counts as no file of the
    /// delivery.
    ///
    /// # Errors
    /// As [`Receipt::of_last`]; `SessionEnded` if there is no access; what S3 answered.
    pub async fn send_last(engine: &Handle, destination: DestinationId) -> Result<SentObject, Problem> {
        let receipt = Self::of_last(engine, destination).await?;
        let keys = (1..=MAX_NAMES).map(|number| receipt.prefix.clone() + &receipt.sent_name(number)).collect();
        engine.put_object(destination, keys, Bytes::from(receipt.html())).await
    }
}
