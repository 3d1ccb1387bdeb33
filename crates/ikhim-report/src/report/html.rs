use super::page::Page;
use super::sections::{
    baselines, curves, data, examination, experiment, findings, images, importance, layers,
    metric_names, result, test,
};
use super::{Role, RunReport, Status, Test};
use crate::figure::{self, Scale};
use crate::number::count;
use ikhim_text::{Language, sentence};

impl RunReport {
    /// The page of the run: one file without any reference to another, for
    /// reading in a browser with no network.
    pub fn html(&self, language: Language) -> String {
        let mut main = Page::new(language);
        result(&mut main, self);
        findings(&mut main, &self.findings);
        baselines(&mut main, self.comparison.as_ref());
        curves(&mut main, &self.epochs, self.best_epoch);
        main.section("validation", sentence::REPORT_VALIDATION, |page| {
            examination(page, &self.validation, Role::Validation);
        });
        importance(&mut main, self.importance.as_ref());
        if !self.pictures.is_empty() {
            main.section("pictures", sentence::REPORT_PICTURES, |page| {
                page.within("div class=\"figures\"", |page| {
                    self.pictures.iter().for_each(|shown| page.figure(&figure::picture(shown)));
                });
            });
        }
        test(&mut main, &self.test);
        layers(&mut main, &self.layers);
        data(&mut main, &self.data);
        experiment(&mut main, &self.experiment, &self.decisions);

        let mut page = Page::new(language);
        let skip = page.word(sentence::REPORT_SKIP);
        page.element("a class=\"skip\" href=\"#result\"", &skip);
        head(&mut page, self, &main);
        page.within("main", |page| page.append(main));
        let footer = page.say(sentence::REPORT_FOOTER, &[("version", self.ikhim.clone())]);
        page.within("footer", |page| page.element("p", &footer));
        page.document(&format!("{} · ikhim", self.name))
    }

    /// The figures of the page as files: name without folder, and SVG.
    pub fn figures(&self, language: Language) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut add = |name: &str, figure: figure::Figure| {
            files.push((format!("{name}.svg"), figure.to_string()));
        };
        if !self.epochs.is_empty() {
            add("loss", figure::loss(&self.epochs, self.best_epoch, Scale::Auto, language));
            for name in metric_names(&self.epochs) {
                // A metric of a person's own may have any name; a file may not.
                let file: String =
                    name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
                add(
                    &format!("metric_{file}"),
                    figure::metric(&self.epochs, name, self.best_epoch, language),
                );
            }
        }
        if let Some(comparison) = &self.comparison {
            add("baselines", figure::baselines(comparison, language));
        }
        let mut parts = vec![("validation", Role::Validation, &self.validation)];
        if let Test::Opened(look) = &self.test {
            parts.push(("test", Role::Test, &look.examination));
        }
        for (part, role, examination) in parts {
            if let Some(confusion) = &examination.confusion {
                add(&format!("confusion_{part}"), figure::confusion(confusion, role, language));
            }
            if !images(&examination.wrong).is_empty() {
                let wrong = figure::wrong_examples(images(&examination.wrong), language);
                add(&format!("wrong_{part}"), wrong);
            }
        }
        for shown in &self.pictures {
            files.push((format!("{}.svg", shown.name), figure::picture(shown).to_string()));
        }
        files
    }
}

fn head(page: &mut Page, run: &RunReport, main: &Page) {
    page.within("header", |page| {
        page.element("h1", &run.name);
        let kind = match run.status {
            Status::Completed | Status::EarlyStopped => "span class=\"status\"",
            Status::Interrupted => "span class=\"status interrupted\"",
            Status::StoppedByFinding => "span class=\"status stopped\"",
        };
        let status = page.word(run.status.sentence());
        page.element(kind, &status);
        let facts = [
            (!run.task.is_empty()).then(|| run.task.clone()),
            Some(page.say(sentence::REPORT_SEED, &[("seed", run.seed.to_string())])),
            (run.steps > 0).then(|| page.say(sentence::REPORT_STEPS, &[("n", count(run.steps))])),
            (run.seconds > 0.0).then(|| {
                page.say(sentence::REPORT_SECONDS, &[("seconds", format!("{:.1}", run.seconds))])
            }),
            (!run.created.is_empty()).then(|| run.created.clone()),
        ];
        page.within("ul class=\"facts\"", |page| {
            for fact in facts.into_iter().flatten() {
                page.element("li", &fact);
            }
        });
        page.contents(sentence::REPORT_CONTENTS, main);
        for notice in &run.notices {
            page.within("div class=\"notice\"", |page| page.element("p", notice));
        }
    });
}
