//! The line of progress on the terminal.

use ikhim_data::Reading;
use ikhim_report::number;
use ikhim_report::terminal::{Glyphs, width};
use ikhim_text::{Language, sentence};
use ikhim_train::{EpochReport, Flow, Observer, Start, StepReport};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// An observer that keeps one line on standard error: epoch, a bar, time left,
/// loss, metric and its best value. Nothing is written where `shown` is false
/// or standard error is no terminal, and nothing of it stays. Beside it the bar,
/// which makes room for what others say meanwhile.
pub(crate) fn observer(
    language: Language,
    glyphs: Glyphs,
    shown: bool,
    columns: usize,
) -> (impl Observer + Send + 'static, ProgressBar) {
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    let handle = bar.clone();
    (Progress { bar, language, glyphs, epochs: 0, best: String::new(), columns }, handle)
}

/// Shows how far reading in pieces has come, as long as it lives.
pub(crate) struct ReadingBar {
    bar: ProgressBar,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ReadingBar {
    /// A line on standard error, where that is a terminal.
    pub(crate) fn of(reading: &Reading, language: Language, glyphs: Glyphs) -> ReadingBar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_prefix(sentence::READING.say(language, &[]));
        bar.set_style(style(language, glyphs, 100));
        let is_over = Arc::new(AtomicBool::new(false));
        let (reading, over, shown) = (reading.clone(), Arc::clone(&is_over), bar.clone());
        let thread = std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let (read, all) = reading.bytes();
                if all > 0 {
                    shown.set_length(all);
                    shown.set_position(read);
                }
                std::thread::park_timeout(Duration::from_millis(100));
            }
        });
        ReadingBar { bar, is_over, thread: Some(thread) }
    }
}

impl Drop for ReadingBar {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It only draws; that it panicked would change nothing.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

struct Progress {
    bar: ProgressBar,
    language: Language,
    glyphs: Glyphs,
    epochs: u64,
    best: String,
    columns: usize,
}

/// Columns of the line beside its numbers and the bar: epoch and time left.
const AROUND: usize = 30;

/// Columns of the bar, on a terminal of so many.
fn bar_width(columns: usize) -> usize {
    if columns < 100 { 8 } else { 16 }
}

/// The parts in one text of at most so many columns: from the first on they give
/// way whole, because half a number is a wrong one.
fn fitting(parts: &[String], columns: usize) -> String {
    let texts = (0..parts.len()).map(|first| parts[first..].join(" · "));
    let mut fitting = texts.filter(|text| width(text) <= columns);
    fitting.next().unwrap_or_default()
}

impl Observer for Progress {
    fn on_start(&mut self, start: &Start) {
        self.epochs = start.epochs;
        self.bar.set_length(start.steps);
        self.bar.set_style(style(self.language, self.glyphs, self.columns));
        self.bar.set_position(start.step);
        // Steps of an earlier process say nothing about the speed of this one.
        self.bar.reset_eta();
        self.name_epoch(start.step / start.steps_per_epoch.max(1) + 1);
    }

    fn on_step(&mut self, step: &StepReport) -> Flow {
        self.bar.set_position(step.step);
        Flow::Continue
    }

    fn on_epoch(&mut self, epoch: &EpochReport<'_>) -> Flow {
        let record = epoch.record;
        let loss = sentence::FIGURE_LOSS.say(self.language, &[]);
        let mut parts = vec![format!("{loss} {}", number(record.train_loss))];
        if let Some((name, value)) = record.metrics.first() {
            parts.push(format!("{name} {}", number(*value)));
            if epoch.best {
                let best = [("value", number(*value)), ("epoch", record.epoch.to_string())];
                self.best = sentence::PROGRESS_BEST.say(self.language, &best);
            }
        }
        if !self.best.is_empty() {
            parts.push(self.best.clone());
        }
        self.name_epoch(record.epoch + 1);
        self.bar.set_message(fitting(
            &parts,
            self.columns.saturating_sub(AROUND + bar_width(self.columns)),
        ));
        Flow::Continue
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress {
    fn name_epoch(&self, epoch: u64) {
        let count =
            [("epoch", epoch.min(self.epochs).to_string()), ("epochs", self.epochs.to_string())];
        self.bar.set_prefix(sentence::EPOCH.say(self.language, &count));
    }
}

fn style(language: Language, glyphs: Glyphs, columns: usize) -> ProgressStyle {
    let left = move |state: &ProgressState, out: &mut dyn Write| {
        let time = [("time", span(state.eta(), language))];
        // Only a closed terminal refuses, and then nobody watches.
        let _ = out.write_str(&sentence::PROGRESS_LEFT.say(language, &time));
    };
    let signs = if glyphs == Glyphs::Unicode { "━╸─" } else { "=>-" };
    let bar = bar_width(columns);
    ProgressStyle::with_template(&format!("{{prefix}}  {{bar:{bar}}}  {{left}}  {{wide_msg}}"))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("left", left)
        .progress_chars(signs)
}

/// A span of time in words, coarser the longer it is.
pub(crate) fn span(time: Duration, language: Language) -> String {
    let seconds = time.as_secs();
    let [hours, minutes] = [seconds / 3600, seconds / 60];
    if hours > 0 {
        let parts = [("hours", hours.to_string()), ("minutes", (minutes % 60).to_string())];
        sentence::SPAN_HOURS.say(language, &parts)
    } else if minutes > 0 {
        let parts = [("minutes", minutes.to_string()), ("seconds", (seconds % 60).to_string())];
        sentence::SPAN_MINUTES.say(language, &parts)
    } else {
        sentence::SPAN_SECONDS.say(language, &[("seconds", seconds.to_string())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_give_way_whole() {
        let parts = ["loss 0.1".to_string(), "정확도 0.9".to_string(), "best 0.9".to_string()];
        assert_eq!(fitting(&parts, 40), "loss 0.1 · 정확도 0.9 · best 0.9");
        assert_eq!(fitting(&parts, 25), "정확도 0.9 · best 0.9");
        assert_eq!(fitting(&parts, 8), "best 0.9");
        assert_eq!(fitting(&parts, 7), "");
    }
}
