//! A server that answers as a test tells it, and records every request.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// One request as it came.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Method and target.
    pub line: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// As far as it was read.
    pub body: Vec<u8>,
    /// Counts the connections.
    pub connection: usize,
    /// Counts the requests.
    pub number: usize,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The server's reaction to a request whose head it has read.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Read the body and answer: status, headers, body.
    Say(u16, Vec<(&'static str, String)>, String),
    /// Answer at once, while so much of the body was read and no more: status, headers.
    Early(usize, u16, Vec<(&'static str, String)>),
    /// Read the body and say nothing.
    Silent,
    /// Read so much of the body and no more, and keep the connection.
    StopReading(usize),
    /// Read so much of the body and close the connection.
    Cut(usize),
    /// Read the body and close the connection.
    CutAfter,
    /// Read the body, answer 200 with this many bytes of a longer body, and close the connection.
    CutInAnswer(&'static str),
}

/// Returns an answer with the headers of AWS.
pub fn ok(headers: &[(&'static str, &str)], body: &str) -> Reply {
    answer(200, headers, body)
}

/// Returns such an answer with another status.
pub fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let mut all = vec![("x-amz-request-id", "REQUEST1".to_owned())];
    all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Reply::Say(status, all, body.to_owned())
}

/// Returns an S3 error.
pub fn fault(status: u16, code: &str, message: &str) -> Reply {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>");
    answer(status, &[("content-type", "application/xml")], &body)
}

/// Returns the answer of a captive portal.
pub fn login_page() -> Reply {
    let page = "<!doctype html><html><body>Welcome to the hotel</body></html>".to_owned();
    Reply::Say(200, vec![("content-type", "text/html".to_owned())], page)
}

type Script = dyn Fn(&Request) -> Reply + Send + Sync;

/// It runs until the test's runtime ends.
pub struct Server {
    pub url: String,
    heard: Arc<Mutex<Vec<Request>>>,
    closed: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::run(None, script).await
    }

    /// Starts with TLS, and writes the certificate for `localhost` to `pem`.
    pub async fn start_tls(pem: &Path, script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        std::fs::write(pem, made.cert.pem()).expect("written");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a server's configuration");
        Self::run(Some(TlsAcceptor::from(Arc::new(config))), script).await
    }

    async fn run(tls: Option<TlsAcceptor>, script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let url = if tls.is_some() { format!("https://localhost:{port}") } else { format!("http://127.0.0.1:{port}") };
        let heard: Arc<Mutex<Vec<Request>>> = Arc::default();
        let closed = Arc::new(AtomicUsize::new(0));
        let server = Self { url, heard: Arc::clone(&heard), closed: Arc::clone(&closed) };
        let script: Arc<Script> = Arc::new(script);
        tokio::spawn(async move {
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (heard, closed, script, tls) =
                    (Arc::clone(&heard), Arc::clone(&closed), Arc::clone(&script), tls.clone());
                tokio::spawn(async move {
                    let _ended = match tls {
                        None => serve(stream, connection, &heard, &script).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, connection, &heard, &script).await,
                            Err(_) => None,
                        },
                    };
                    closed.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    /// Returns the requests so far.
    pub fn heard(&self) -> Vec<Request> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns how many connections have ended.
    pub fn closed(&self) -> usize {
        self.closed.load(Ordering::SeqCst)
    }
}

async fn serve<S>(mut stream: S, connection: usize, heard: &Mutex<Vec<Request>>, script: &Arc<Script>) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut ahead = Vec::new();
    loop {
        let mut request = head(&mut stream, &mut ahead).await?;
        request.connection = connection;
        let at = {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            request.number = heard.len();
            heard.push(request.clone());
            request.number
        };
        let length = request.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        let reply = script(&request);
        let wanted = match reply {
            Reply::StopReading(most) | Reply::Cut(most) | Reply::Early(most, ..) => most,
            Reply::Say(..) | Reply::Silent | Reply::CutAfter | Reply::CutInAnswer(_) => length,
        };
        while ahead.len() < wanted {
            if stream.read_buf(&mut ahead).await.ok()? == 0 {
                return None;
            }
        }
        let body: Vec<u8> = ahead.drain(..wanted.min(ahead.len())).collect();
        heard.lock().unwrap_or_else(PoisonError::into_inner)[at].body = body;
        match reply {
            Reply::Say(status, headers, body) => {
                let mut text = format!("HTTP/1.1 {status} Said\r\n");
                for (name, value) in headers {
                    let _infallible = write!(text, "{name}: {value}\r\n");
                }
                if request.line.starts_with("HEAD ") || status == 204 {
                    text.push_str("\r\n");
                } else {
                    let _infallible = write!(text, "content-length: {}\r\n\r\n{body}", body.len());
                }
                stream.write_all(text.as_bytes()).await.ok()?;
                stream.flush().await.ok()?;
            }
            Reply::Early(_, status, headers) => {
                let mut text = format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\n");
                for (name, value) in headers {
                    let _infallible = write!(text, "{name}: {value}\r\n");
                }
                stream.write_all(format!("{text}\r\n").as_bytes()).await.ok()?;
                stream.flush().await.ok()?;
                std::future::pending::<()>().await;
            }
            Reply::StopReading(_) => std::future::pending().await,
            Reply::Silent => {
                // The other side hanging up is all that can still come.
                while stream.read_buf(&mut ahead).await.ok()? > 0 {}
                return None;
            }
            Reply::Cut(_) | Reply::CutAfter => return None,
            Reply::CutInAnswer(part) => {
                let text = format!("HTTP/1.1 200 OK\r\nx-amz-request-id: R\r\ncontent-length: 5000\r\n\r\n{part}");
                stream.write_all(text.as_bytes()).await.ok()?;
                stream.flush().await.ok()?;
                return None;
            }
        }
    }
}

async fn head<S: AsyncRead + Unpin>(stream: &mut S, ahead: &mut Vec<u8>) -> Option<Request> {
    let end = loop {
        if let Some(end) = ahead.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(ahead).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&ahead[..end]).into_owned();
    ahead.drain(..end + 4);
    let mut lines = text.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    Some(Request { line, headers, ..Request::default() })
}
