//! What the page of past deliveries asks of the journal, and the replies.

use super::found::FoundDeliveries;
use crate::model::history::{Delivery, DeliveryFile, HistoryFilter};
use crate::model::problem::Problem;
use std::path::PathBuf;
use std::sync::Arc;

/// What the page asks of the journal, which is read on another thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryRequest {
    /// Find deliveries. The number comes back with the answer.
    Find(u32, HistoryFilter),
    /// Read these deliveries.
    Deliveries(Vec<i64>),
    /// List the files of this delivery.
    Files(i64),
    /// Read these files of a delivery.
    Lines(i64, Vec<i64>),
    /// Write the message to the customer about these deliveries.
    Message(Vec<i64>),
    /// Save the receipts of these deliveries there.
    Save(Vec<i64>, PathBuf),
    /// Save the receipts of these lists of deliveries in that folder, each list in a file of this name.
    SaveEach(Vec<(Vec<i64>, String)>, PathBuf),
    /// Remove the history.
    Clear,
}

/// What the journal answered.
#[derive(Clone, Debug)]
pub enum HistoryReply {
    /// What was found.
    Found(u32, Arc<FoundDeliveries>),
    /// Deliveries; none for one that can't be read.
    Deliveries(Vec<(i64, Option<Delivery>)>),
    /// The files of a delivery.
    Files(i64, Arc<[i64]>),
    /// Files of a delivery; none for one that can't be read.
    Lines(i64, Vec<(i64, Option<DeliveryFile>)>),
    /// The history is gone.
    Cleared,
    /// The journal can't be read.
    Unreadable(Arc<Problem>),
}
