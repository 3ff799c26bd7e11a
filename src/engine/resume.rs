//! Tells the engine's clock that the computer woke from sleep or that its clock was set, by an event of the system where there is one.

use super::clock::Clock;
use std::time::Duration;
use tokio::task::AbortHandle;

/// How often it is looked at where the system has no such event.
const LOOK: Duration = Duration::from_secs(15);

/// Follows the system's clock until it is dropped.
pub(super) struct Resumes(AbortHandle);

impl Resumes {
    pub fn follow(clock: Clock) -> Self {
        Self(tokio::spawn(follow(clock)).abort_handle())
    }
}

impl Drop for Resumes {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn follow(clock: Clock) {
    #[cfg(target_os = "linux")]
    if linux::follow(&clock).await.is_ok() {
        return;
    }
    let mut slept = clock.sleeps();
    loop {
        tokio::time::sleep(LOOK).await;
        let sleeps = clock.sleeps();
        if std::mem::replace(&mut slept, sleeps) != sleeps {
            clock.jumped();
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use crate::engine::clock::Clock;
    use rustix::io::Errno;
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };
    use std::fs::File;
    use std::io;
    use std::os::fd::AsFd;
    use tokio::net::unix::pipe::Receiver;

    /// A timer of the wall clock that is never due is canceled when that clock is set, which is what waking up does to it
    /// (timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`).
    pub(super) async fn follow(clock: &Clock) -> io::Result<()> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Realtime, flags)?;
        arm(&timer)?;
        // Any descriptor that is read from will do.
        let timer = Receiver::from_file_unchecked(File::from(timer))?;
        loop {
            timer.readable().await?;
            match timer.try_read(&mut [0; 8]) {
                Err(why) if matches!(why.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
                Err(why) if why.raw_os_error() != Some(Errno::CANCELED.raw_os_error()) => return Err(why),
                Ok(_) | Err(_) => {
                    arm(&timer)?;
                    clock.jumped();
                }
            }
        }
    }

    fn arm(timer: &impl AsFd) -> io::Result<()> {
        let never = Itimerspec {
            it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: Timespec { tv_sec: i64::MAX, tv_nsec: 0 },
        };
        timerfd_settime(timer, TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET, &never)?;
        Ok(())
    }
}
