//! Bodies in transit: a request's, counted and damaged as the faults say, and a response's that is sent slowly.

use super::lock;
use super::receive::turn_bit;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Sleep;

/// A shared handle on a body, so that what an operation left unread can be read afterwards.
#[derive(Clone)]
pub(super) struct Tap(Arc<Mutex<Flow>>);

struct Flow {
    incoming: Incoming,
    bytes: u64,
    flip: bool,
    cut_at: Option<u64>,
    was_cut: bool,
    bytes_per_second: Option<u64>,
    pause: Option<Pause>,
    /// After how many bytes to wait, and for what.
    hold_at: Option<(u64, watch::Receiver<()>)>,
}

type Pause = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Tap {
    pub(super) fn new(incoming: Incoming) -> Self {
        Self(Arc::new(Mutex::new(Flow {
            incoming,
            bytes: 0,
            flip: false,
            cut_at: None,
            was_cut: false,
            bytes_per_second: None,
            pause: None,
            hold_at: None,
        })))
    }

    /// Flips one bit of the next bytes.
    pub(super) fn flip(&self) {
        lock(&self.0).flip = true;
    }

    /// Aborts the body after `bytes` bytes.
    pub(super) fn cut_at(&self, bytes: u64) {
        lock(&self.0).cut_at = Some(bytes);
    }

    /// Limits the rate in bytes per second.
    pub(super) fn slow(&self, bytes_per_second: u64) {
        lock(&self.0).bytes_per_second = Some(bytes_per_second.max(1));
    }

    /// Reads no further than `bytes` bytes before `released` changes.
    pub(super) fn hold_at(&self, bytes: u64, released: watch::Receiver<()>) {
        lock(&self.0).hold_at = Some((bytes, released));
    }

    pub(super) fn was_cut(&self) -> bool {
        lock(&self.0).was_cut
    }

    /// Returns the bytes received so far.
    pub(super) fn bytes(&self) -> u64 {
        lock(&self.0).bytes
    }

    /// Reads the rest, so that a client that is still sending gets the response instead of a closed connection.
    pub(super) async fn drain(&mut self) {
        while let Some(Ok(_)) = self.frame().await {}
    }
}

impl Body for Tap {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut flow = lock(&self.0);
        if flow.was_cut {
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())));
        }
        if let Some(pause) = &mut flow.pause {
            if pause.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            flow.pause = None;
        }
        let frame = match Pin::new(&mut flow.incoming).poll_frame(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(io::Error::other(error)))),
            Poll::Ready(Some(Ok(frame))) => frame,
        };
        let Ok(mut bytes) = frame.into_data() else { return Poll::Ready(None) };
        flow.bytes += bytes.len() as u64;
        if flow.cut_at.is_some_and(|limit| flow.bytes > limit) {
            flow.was_cut = true;
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())));
        }
        if flow.flip && !bytes.is_empty() {
            flow.flip = false;
            bytes = turn_bit(&bytes);
        }
        let read = flow.bytes;
        if let Some((_, mut released)) = flow.hold_at.take_if(|(limit, _)| read > *limit) {
            // The sender is never dropped before its server.
            flow.pause = Some(Box::pin(async move { drop(released.changed().await) }));
        } else if let Some(rate) = flow.bytes_per_second {
            let millis = bytes.len() as u64 * 1000 / rate;
            flow.pause = Some(Box::pin(tokio::time::sleep(Duration::from_millis(millis))));
        }
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        lock(&self.0).incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        lock(&self.0).incoming.size_hint()
    }
}

/// An XML response that begins at once, then sends whitespace for a while, then the rest.
pub(super) struct Blanks {
    begin: Option<Bytes>,
    rest: Option<Bytes>,
    left: u32,
    pause: Pin<Box<Sleep>>,
}

const BETWEEN_BLANKS: Duration = Duration::from_millis(50);

impl Blanks {
    pub(super) fn new(time: Duration, body: &Bytes) -> Self {
        // The XML declaration must come before the whitespace, because it is only allowed at the very start.
        let declared = body.starts_with(b"<?xml").then(|| body.iter().position(|byte| *byte == b'>')).flatten();
        let split = declared.map_or(0, |end| end + 1);
        Self {
            begin: Some(body.slice(..split)).filter(|begin| !begin.is_empty()),
            rest: Some(body.slice(split..)),
            left: u32::try_from(time.as_millis() / BETWEEN_BLANKS.as_millis()).unwrap_or(u32::MAX),
            pause: Box::pin(tokio::time::sleep(BETWEEN_BLANKS)),
        }
    }
}

impl Body for Blanks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(begin) = self.begin.take() {
            return Poll::Ready(Some(Ok(Frame::data(begin))));
        }
        if self.left == 0 {
            return Poll::Ready(self.rest.take().map(|rest| Ok(Frame::data(rest))));
        }
        if self.pause.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.pause = Box::pin(tokio::time::sleep(BETWEEN_BLANKS));
        self.left -= 1;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}
