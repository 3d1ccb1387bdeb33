use super::Source;
use super::token::{Kind, Token};
use crate::Result;
use std::ops::Range;

/// How deep parts may stand in one another.
const DEPTH: usize = 100;

/// A part of an expression and its place.
#[derive(Debug)]
pub(super) struct Expression {
    pub(super) form: Form,
    pub(super) span: Range<usize>,
    /// How deep the parts in it stand in one another.
    depth: usize,
}

#[derive(Debug)]
pub(super) enum Form {
    Number(String),
    Name(String),
    List(Vec<Expression>),
    Minus(Box<Expression>),
    Binary(&'static str, Box<[Expression; 2]>),
    Call(String, Vec<Argument>),
    Part(Box<Expression>, Vec<Subscript>),
}

/// What stands between the parentheses of a call.
#[derive(Debug)]
pub(super) struct Argument {
    /// The setting that it is for, when it is named, and the place of the name.
    pub(super) name: Option<(String, Range<usize>)>,
    pub(super) value: Expression,
}

/// What stands between the brackets of a part, for one axis.
#[derive(Debug)]
pub(super) enum Subscript {
    Index(Expression),
    /// Start, end and step.
    Range([Option<Expression>; 3]),
}

/// The levels of the operators with two sides, the weakest first.
const LEVELS: [&[&str]; 3] = [&["==", "!=", "<", "<=", ">", ">="], &["+", "-"], &["*", "/", "@"]];

/// Reads a whole expression.
pub(super) fn parse(source: &Source, tokens: &[Token]) -> Result<Expression> {
    let mut parser = Parser { source, tokens, at: 0, depth: 0 };
    let expression = parser.level(0)?;
    match parser.peek().kind {
        Kind::End => Ok(expression),
        _ => Err(source.unexpected(&parser.peek().span, "an operator or the end")),
    }
}

struct Parser<'a> {
    source: &'a Source,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// The next word; the end stays the next one.
    fn peek(&self) -> &'a Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn take(&mut self) -> &'a Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek().kind, Kind::Sign(next) if next == sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str, expected: &str) -> Result<Range<usize>> {
        let span = self.peek().span.clone();
        if self.takes(sign) { Ok(span) } else { Err(self.source.unexpected(&span, expected)) }
    }

    /// Puts a part together, unless it is nested too deep.
    fn part(&self, form: Form, span: Range<usize>, inner: usize) -> Result<Expression> {
        if inner >= DEPTH {
            return Err(self.too_deep(&span));
        }
        Ok(Expression { form, span, depth: inner + 1 })
    }

    fn too_deep(&self, span: &Range<usize>) -> ikhim_text::Fault {
        let expected = format!("at most {DEPTH} parts that stand in one another");
        self.source.fault("usage.expression", span).with("expected", expected).with("found", "more")
    }

    /// Operators of a level and of the stronger ones, from left to right.
    fn level(&mut self, level: usize) -> Result<Expression> {
        let Some(signs) = LEVELS.get(level) else { return self.signed() };
        let mut left = self.level(level + 1)?;
        while let Kind::Sign(sign) = self.peek().kind
            && signs.contains(&sign)
        {
            self.at += 1;
            let right = self.level(level + 1)?;
            left = self.binary(sign, left, right)?;
        }
        Ok(left)
    }

    fn binary(
        &self,
        sign: &'static str,
        left: Expression,
        right: Expression,
    ) -> Result<Expression> {
        let span = left.span.start..right.span.end;
        let inner = left.depth.max(right.depth);
        self.part(Form::Binary(sign, Box::new([left, right])), span, inner)
    }

    /// A sign and what it stands before: `-x ** 2` is `-(x ** 2)`.
    fn signed(&mut self) -> Result<Expression> {
        let start = self.peek().span.clone();
        if self.depth >= DEPTH {
            return Err(self.too_deep(&start));
        }
        self.depth += 1;
        let expression = if self.takes("-") {
            let inner = self.signed()?;
            let (span, depth) = (start.start..inner.span.end, inner.depth);
            self.part(Form::Minus(Box::new(inner)), span, depth)
        } else if self.takes("+") {
            self.signed()
        } else {
            let base = self.parts()?;
            if self.takes("**") {
                let exponent = self.signed()?;
                self.binary("**", base, exponent)
            } else {
                Ok(base)
            }
        };
        self.depth -= 1;
        expression
    }

    /// A value and the brackets after it.
    fn parts(&mut self) -> Result<Expression> {
        let mut value = self.single()?;
        while self.takes("[") {
            let mut subscripts = vec![self.subscript()?];
            while self.takes(",") {
                subscripts.push(self.subscript()?);
            }
            let end = self.expect("]", "`,` or `]`")?.end;
            let (span, depth) = (value.span.start..end, value.depth);
            value = self.part(Form::Part(Box::new(value), subscripts), span, depth)?;
        }
        Ok(value)
    }

    fn subscript(&mut self) -> Result<Subscript> {
        let bound = |parser: &mut Parser<'a>| match parser.peek().kind {
            Kind::Sign(":" | "," | "]") => Ok(None),
            _ => parser.level(0).map(Some),
        };
        let start = bound(self)?;
        if !self.takes(":") {
            return match start {
                Some(index) => Ok(Subscript::Index(index)),
                None => Err(self.source.unexpected(&self.peek().span, "an index or a range")),
            };
        }
        let end = bound(self)?;
        let step = if self.takes(":") { bound(self)? } else { None };
        Ok(Subscript::Range([start, end, step]))
    }

    /// A number, a name, a call, a list, or anything in parentheses.
    fn single(&mut self) -> Result<Expression> {
        let token = self.take();
        let start = token.span.start;
        match &token.kind {
            Kind::Number(digits) => self.part(Form::Number(digits.clone()), token.span.clone(), 0),
            Kind::Name(name) if self.takes("(") => {
                let (arguments, end) = self.separated(")", Parser::argument)?;
                let depth = arguments.iter().map(|argument| argument.value.depth).max();
                let call = Form::Call(name.clone(), arguments);
                self.part(call, start..end, depth.unwrap_or(0))
            }
            Kind::Name(name) => self.part(Form::Name(name.clone()), token.span.clone(), 0),
            Kind::Sign("[") => {
                let (elements, end) = self.separated("]", |parser| parser.level(0))?;
                let depth = elements.iter().map(|element| element.depth).max();
                self.part(Form::List(elements), start..end, depth.unwrap_or(0))
            }
            Kind::Sign("(") => {
                let mut inner = self.level(0)?;
                inner.span = start..self.expect(")", "an operator or `)`")?.end;
                Ok(inner)
            }
            _ => Err(self.source.unexpected(&token.span, "a number, a name, a list or `(`")),
        }
    }

    /// What stands between commas up to a closing sign; a last comma is fine.
    fn separated<E>(
        &mut self,
        closing: &'static str,
        mut element: impl FnMut(&mut Parser<'a>) -> Result<E>,
    ) -> Result<(Vec<E>, usize)> {
        let mut elements = Vec::new();
        loop {
            let span = self.peek().span.clone();
            if self.takes(closing) {
                return Ok((elements, span.end));
            }
            elements.push(element(self)?);
            if !self.takes(",") {
                let end = self.expect(closing, &format!("`,` or `{closing}`"))?.end;
                return Ok((elements, end));
            }
        }
    }

    fn argument(&mut self) -> Result<Argument> {
        let token = self.peek();
        if let Kind::Name(name) = &token.kind
            && self.tokens.get(self.at + 1).is_some_and(|next| next.kind == Kind::Sign("="))
        {
            self.at += 2;
            return Ok(Argument {
                name: Some((name.clone(), token.span.clone())),
                value: self.level(0)?,
            });
        }
        Ok(Argument { name: None, value: self.level(0)? })
    }
}
