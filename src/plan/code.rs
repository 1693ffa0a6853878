//! Codes of reasons (`RB0xx`) and risks (`RB1xx`). A code keeps its meaning for ever, and each has a lesson.

use crate::source::PatternKind;

/// A reason for a verdict, or a risk of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Standard library code.
    Stdlib,
    /// Installed code, or code outside the source roots.
    ThirdParty,
    /// Importing modules.
    Import,
    /// Waiting.
    Waits,
    /// Native code that has let go of the interpreter lock.
    NativeWithoutGil,
    /// Its time is in functions that are ranked themselves.
    Orchestrates,
    /// Too little time.
    TooSmall,
    /// Code at module level, which no import can name.
    ModuleLevel,
    /// A nested function, which no import can name.
    Nested,
    /// A comprehension, lambda or class body: its time is given to its caller.
    Anonymous,
    /// The source can't be used.
    NoSource,
    /// Features that Rust can't have.
    Dynamic,
    /// Its own time, and no other reason against it.
    Hot,
    /// It moves with the caller whose loop calls it.
    MovesWithCaller,
    /// Native code that it calls.
    NativeCall,
    /// Regular expressions: native code, but there are other engines.
    OtherEngine,
    /// The system's work for it.
    InSystem,
    /// It may be worth moving, but too few samples say so.
    TooFewSamples,
    /// Crossing the boundary takes what the move would save.
    BoundaryEats,
    /// It is riskier than asked for.
    TooRisky,
    /// It is slow by a pattern that a change in Python mends.
    Slow(PatternKind),
    /// An `int` may outgrow 64 bit.
    BigInt,
    /// It changes an argument in place.
    MutatesArgument,
    /// It assigns globals.
    RebindsGlobals,
    /// It passes `*args` or `**kwargs` on.
    ForwardsArguments,
    /// It is a generator or coroutine.
    Suspends,
    /// It uses a dynamic feature.
    DynamicFeature,
    /// It is decorated.
    Decorated,
    /// It reads and writes attributes of its object.
    UsesObject,
    /// Its parameters have no types.
    Untyped,
    /// It calls code that stays Python.
    CallsBack,
    /// Importing its module runs the program.
    RunsOnImport,
    /// Its parameters have types that were seen, and not annotated.
    OnlySeen,
    /// A value was seen that is not of the annotated type.
    Contradicted,
    /// It returns or stores the object of an argument.
    KeepsArgument,
    /// It reads variables of its module.
    ReadsGlobals,
    /// It makes a closure.
    MakesClosure,
    /// It goes on after an exception.
    CatchesExceptions,
    /// It rounds floats, or writes them as text.
    WritesFloats,
    /// It goes by the characters of texts.
    CountsCharacters,
    /// It goes by the order of a set or dictionary.
    TakesOrder,
    /// It replaces something while the program runs, or is replaced.
    Replaced,
    /// It pickles or copies, or its objects are.
    Pickles,
    /// Its class has parents or children.
    HasRelatives,
    /// Several threads use it.
    SharedByThreads,
}

impl Code {
    /// All of them, in order of their texts.
    pub const ALL: [Self; 61] = [
        Self::Stdlib,
        Self::ThirdParty,
        Self::Import,
        Self::Waits,
        Self::NativeWithoutGil,
        Self::Orchestrates,
        Self::TooSmall,
        Self::ModuleLevel,
        Self::Nested,
        Self::Anonymous,
        Self::NoSource,
        Self::Dynamic,
        Self::Hot,
        Self::MovesWithCaller,
        Self::NativeCall,
        Self::OtherEngine,
        Self::InSystem,
        Self::TooFewSamples,
        Self::BoundaryEats,
        Self::TooRisky,
        Self::Slow(PatternKind::ListMembership),
        Self::Slow(PatternKind::FrontOfList),
        Self::Slow(PatternKind::TextConcatenation),
        Self::Slow(PatternKind::BytesConcatenation),
        Self::Slow(PatternKind::ListSearch),
        Self::Slow(PatternKind::Recompiled),
        Self::Slow(PatternKind::Rescan),
        Self::Slow(PatternKind::SliceCopy),
        Self::Slow(PatternKind::KeysView),
        Self::Slow(PatternKind::ParsedConstant),
        Self::Slow(PatternKind::DirLookup),
        Self::Slow(PatternKind::RepeatedRecursion),
        Self::Slow(PatternKind::RowWise),
        Self::Slow(PatternKind::ElementLoop),
        Self::Slow(PatternKind::ListConcatenation),
        Self::Slow(PatternKind::IsoDate),
        Self::Slow(PatternKind::GrowingArray),
        Self::BigInt,
        Self::MutatesArgument,
        Self::RebindsGlobals,
        Self::ForwardsArguments,
        Self::Suspends,
        Self::DynamicFeature,
        Self::Decorated,
        Self::UsesObject,
        Self::Untyped,
        Self::CallsBack,
        Self::RunsOnImport,
        Self::OnlySeen,
        Self::Contradicted,
        Self::KeepsArgument,
        Self::ReadsGlobals,
        Self::MakesClosure,
        Self::CatchesExceptions,
        Self::WritesFloats,
        Self::CountsCharacters,
        Self::TakesOrder,
        Self::Replaced,
        Self::Pickles,
        Self::HasRelatives,
        Self::SharedByThreads,
    ];

    /// The code as it is written in reports.
    pub fn text(self) -> &'static str {
        match self {
            Self::Stdlib => "RB001",
            Self::ThirdParty => "RB002",
            Self::Import => "RB003",
            Self::Waits => "RB004",
            Self::NativeWithoutGil => "RB005",
            Self::Orchestrates => "RB006",
            Self::TooSmall => "RB007",
            Self::ModuleLevel => "RB008",
            Self::Nested => "RB009",
            Self::Anonymous => "RB010",
            Self::NoSource => "RB011",
            Self::Dynamic => "RB012",
            Self::Hot => "RB013",
            Self::MovesWithCaller => "RB014",
            Self::NativeCall => "RB015",
            Self::OtherEngine => "RB016",
            Self::InSystem => "RB017",
            Self::TooFewSamples => "RB018",
            Self::BoundaryEats => "RB019",
            Self::TooRisky => "RB020",
            Self::Slow(kind) => text_of(kind),
            Self::BigInt => "RB101",
            Self::MutatesArgument => "RB102",
            Self::RebindsGlobals => "RB103",
            Self::ForwardsArguments => "RB104",
            Self::Suspends => "RB105",
            Self::DynamicFeature => "RB106",
            Self::Decorated => "RB107",
            Self::UsesObject => "RB108",
            Self::Untyped => "RB109",
            Self::CallsBack => "RB110",
            Self::RunsOnImport => "RB111",
            Self::OnlySeen => "RB112",
            Self::Contradicted => "RB113",
            Self::KeepsArgument => "RB114",
            Self::ReadsGlobals => "RB115",
            Self::MakesClosure => "RB116",
            Self::CatchesExceptions => "RB117",
            Self::WritesFloats => "RB118",
            Self::CountsCharacters => "RB119",
            Self::TakesOrder => "RB120",
            Self::Replaced => "RB121",
            Self::Pickles => "RB122",
            Self::HasRelatives => "RB123",
            Self::SharedByThreads => "RB124",
        }
    }
}

fn text_of(kind: PatternKind) -> &'static str {
    match kind {
        PatternKind::ListMembership => "RB030",
        PatternKind::FrontOfList => "RB031",
        PatternKind::TextConcatenation => "RB032",
        PatternKind::BytesConcatenation => "RB033",
        PatternKind::ListSearch => "RB034",
        PatternKind::Recompiled => "RB035",
        PatternKind::Rescan => "RB036",
        PatternKind::SliceCopy => "RB037",
        PatternKind::KeysView => "RB038",
        PatternKind::ParsedConstant => "RB039",
        PatternKind::DirLookup => "RB040",
        PatternKind::RepeatedRecursion => "RB041",
        PatternKind::RowWise => "RB042",
        PatternKind::ElementLoop => "RB043",
        PatternKind::ListConcatenation => "RB044",
        PatternKind::IsoDate => "RB045",
        PatternKind::GrowingArray => "RB046",
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_codes_are_in_the_list_and_none_is_there_twice() {
        let written = include_str!("code.rs").lines();
        let written = written.filter(|line| line.contains("=> \"RB")).count();
        assert_eq!(Code::ALL.len(), written);
        let texts = Code::ALL.map(Code::text);
        assert!(texts.is_sorted_by(|one, next| one < next), "{texts:?}");
    }
}
