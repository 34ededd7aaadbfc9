//! Standard input and output as the server reads and writes them: a thread each, so that neither a full pipe nor an open
//! input ever holds up the rest.
//!
//! Messages are cut out and looked at here. What is no message is replaced by a request of the method
//! [`UNREADABLE`], which the service answers with the error it carries: the server goes on with the next message.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What stands in for a message that could not be read.
pub const UNREADABLE: &str = "lead/unreadable";

/// A message is not longer than this.
const LONGEST: u64 = 1 << 30;

/// Messages that came in.
pub struct Input {
    frames: UnboundedReceiver<Vec<u8>>,
    rest: VecDeque<u8>,
    closed: Arc<AtomicBool>,
}

impl Input {
    /// Reads on a thread of its own until the source ends, which it tells, or until `closed` is raised.
    pub fn new(
        source: impl Read + Send + 'static,
        closed: Arc<AtomicBool>,
        ended: Arc<Notify>,
    ) -> std::io::Result<Input> {
        let (sender, frames) = unbounded_channel();
        std::thread::Builder::new().name("lead-lsp input".into()).spawn(move || {
            read_all(BufReader::new(source), &sender);
            ended.notify_one();
        })?;
        Ok(Input { frames, rest: VecDeque::new(), closed })
    }
}

impl AsyncRead for Input {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if self.closed.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        if self.rest.is_empty() {
            match self.frames.poll_recv(cx) {
                Poll::Ready(Some(frame)) => self.rest = frame.into(),
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
            }
        }
        let taken = {
            let (part, _) = self.rest.as_slices();
            let taken = part.len().min(buf.remaining());
            buf.put_slice(&part[..taken]);
            taken
        };
        self.rest.drain(..taken);
        Poll::Ready(Ok(()))
    }
}

fn read_all(mut source: impl BufRead, sender: &UnboundedSender<Vec<u8>>) {
    while let Some(body) = read_message(&mut source) {
        let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        frame.extend_from_slice(&body);
        if sender.send(frame).is_err() {
            return;
        }
    }
}

/// The next message, or what stands in for it; `None` at the end.
fn read_message(source: &mut impl BufRead) -> Option<Vec<u8>> {
    loop {
        let mut length = None;
        let mut seen = false;
        loop {
            let mut line = Vec::new();
            // A line of headers is short; anything else is cut.
            if source.by_ref().take(8192).read_until(b'\n', &mut line).ok()? == 0 {
                return None;
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            seen = true;
            if let Some((name, value)) = line.split_once(':')
                && name.trim().eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse::<u64>().ok();
            }
        }
        match length {
            None if !seen => continue,
            None => return Some(unreadable(Value::Null, -32700, "a message has no length")),
            Some(length) if length > LONGEST => {
                std::io::copy(&mut source.by_ref().take(length), &mut std::io::sink()).ok()?;
                return Some(unreadable(Value::Null, -32700, "a message is too long"));
            }
            Some(length) => {
                let mut body = Vec::new();
                source.by_ref().take(length).read_to_end(&mut body).ok()?;
                if (body.len() as u64) < length {
                    return None;
                }
                match looked_at(&body) {
                    Look::Fine => return Some(body),
                    Look::Skip => continue,
                    Look::Instead(other) => return Some(other),
                }
            }
        }
    }
}

/// What is to be done with a message.
enum Look {
    Fine,
    /// An answer that answers nothing.
    Skip,
    Instead(Vec<u8>),
}

/// As much of a message as tells whether it is one.
#[derive(Deserialize)]
struct Shape {
    jsonrpc: Option<Value>,
    method: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Value>,
    #[serde(default, deserialize_with = "there")]
    result: bool,
    #[serde(default, deserialize_with = "there")]
    error: bool,
}

fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

fn there<'de, D: serde::Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(value).map(|_| true)
}

fn looked_at(body: &[u8]) -> Look {
    let shape: Shape = match serde_json::from_slice(body) {
        Ok(shape) => shape,
        Err(error) if error.is_data() => {
            return Look::Instead(unreadable(Value::Null, -32600, "a message is no request"));
        }
        Err(_) => return Look::Instead(unreadable(Value::Null, -32700, "a message is no JSON")),
    };
    let id_fits = match &shape.id {
        None | Some(Value::Null | Value::String(_)) => true,
        Some(Value::Number(n)) => n.is_i64(),
        Some(_) => false,
    };
    let is_version_2 = shape.jsonrpc.as_ref().and_then(Value::as_str) == Some("2.0");
    let is_answer = shape.result || shape.error;
    match shape.method {
        Some(Value::String(_)) if id_fits && is_version_2 => Look::Fine,
        None if is_answer && id_fits && is_version_2 => Look::Fine,
        None if is_answer => Look::Skip,
        _ => {
            let id = if id_fits { shape.id.unwrap_or(Value::Null) } else { Value::Null };
            Look::Instead(unreadable(id, -32600, "a message is no request"))
        }
    }
}

fn unreadable(id: Value, code: i64, message: &str) -> Vec<u8> {
    let params = json!({ "code": code, "message": message });
    json!({ "jsonrpc": "2.0", "id": id, "method": UNREADABLE, "params": params }).to_string().into_bytes()
}

/// Where messages go out.
pub struct Output {
    sender: Option<mpsc::Sender<Vec<u8>>>,
}

/// Tells when everything was written.
pub struct Written(mpsc::Receiver<()>);

impl Output {
    /// Writes on a thread of its own.
    pub fn new(target: impl Write + Send + 'static) -> std::io::Result<(Output, Written)> {
        let (sender, parts) = mpsc::channel::<Vec<u8>>();
        let (done, written) = mpsc::channel();
        let mut target = target;
        std::thread::Builder::new().name("lead-lsp output".into()).spawn(move || {
            while let Ok(part) = parts.recv() {
                let mut result = target.write_all(&part);
                // What waits already goes out with it.
                while let (Ok(()), Ok(more)) = (&result, parts.try_recv()) {
                    result = target.write_all(&more);
                }
                if result.and_then(|()| target.flush()).is_err() {
                    break;
                }
            }
            let _ = done.send(());
        })?;
        Ok((Output { sender: Some(sender) }, Written(written)))
    }
}

impl Written {
    /// Waits for the last byte, but not for a reader that reads no more.
    pub fn wait(self) {
        let _ = self.0.recv_timeout(Duration::from_secs(2));
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        let sent = self.sender.as_ref().is_some_and(|s| s.send(buf.to_vec()).is_ok());
        Poll::Ready(if sent { Ok(buf.len()) } else { Err(std::io::ErrorKind::BrokenPipe.into()) })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.sender = None;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let mut source = std::io::Cursor::new(text.as_bytes().to_vec());
        std::iter::from_fn(|| read_message(&mut source)).map(|m| String::from_utf8(m).unwrap()).collect()
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn messages_are_cut_out_whatever_their_headers_look_like() {
        let body = r#"{"jsonrpc":"2.0","method":"initialized"}"#;
        let text = format!(
            "{}content-length:{}\nContent-Type: application/json\n\n{body}\r\n{}",
            framed(body),
            body.len(),
            framed(body)
        );
        assert_eq!(messages(&text), [body; 3]);
    }

    #[test]
    fn what_is_no_message_is_replaced_and_the_next_one_is_read() {
        let fine = r#"{"jsonrpc":"2.0","id":1,"method":"shutdown","params":null}"#;
        for (wrong, code) in [
            ("{\"jsonrpc\":", "-32700"),
            ("[]", "-32600"),
            ("{\"id\":2,\"method\":\"x\"}", "-32600"),
            ("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"x\"}", "-32600"),
            ("\u{0}", "-32700"),
            ("{\"jsonrpc\":\"2.0\",\"id\":7}", "-32600"),
        ] {
            let all = messages(&(framed(wrong) + &framed(fine)));
            assert_eq!(all.len(), 2, "{wrong}");
            assert!(all[0].contains(UNREADABLE) && all[0].contains(code), "{wrong}: {}", all[0]);
            assert_eq!(all[1], fine);
        }
    }

    #[test]
    fn an_answer_that_is_none_is_left_out() {
        let answer = r#"{"jsonrpc":"2.0","id":0,"result":null}"#;
        let wrong = r#"{"jsonrpc":"2.0","id":0.5,"result":null}"#;
        assert_eq!(messages(&(framed(wrong) + &framed(answer))), [answer]);
    }

    #[test]
    fn a_message_that_is_cut_off_ends_the_input() {
        assert!(messages("Content-Length: 100\r\n\r\n{}").is_empty());
        assert!(messages("Content-Length: 18446744073709551615\r\n\r\n{}").len() <= 1);
    }
}
