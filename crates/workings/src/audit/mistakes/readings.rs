//! Readings and slips without a formula: what happens to figures on their way through a sheet.
//!
//! - P18 and T are the writer's: arithmetic that slips, values that are carried wrongly. X is the reader's, and nobody's
//!   mistake until something else shows it.
//! - Digits copied by hand: one digit changed in 60–95 % of errors, neighbours exchanged in 10–20 %, a digit left out or
//!   added in 10–20 % (Verhoeff 1969, *Error Detecting Decimal Codes*). A scanner changes digits and hardly ever exchanges
//!   them, so X3 speaks rather for a writer who copied.
//! - Two neighbours exchanged (X3) change a number by a multiple of 9.

use super::Misread;

/// What happens to figures on their way: slips in arithmetic (P18), copied wrongly by the writer (T), or read wrongly (X).
pub const READINGS: &[Misread] = &[
    Misread { code: "P18a", name: "a zero dropped", says: "A zero of a factor or of the product was dropped." },
    Misread {
        code: "P18b",
        name: "a digit carried wrongly",
        says: "A digit was carried wrongly from one place to the next.",
    },
    Misread {
        code: "P18c",
        name: "a partial product left out",
        says: "A partial product was left out, or put in the wrong place.",
    },
    Misread { code: "P18d", name: "a factor cut short", says: "A factor was cut short before it was multiplied." },
    Misread {
        code: "T1",
        name: "a value copied wrongly",
        says: "The number was not taken over unchanged into the next row.",
    },
    Misread {
        code: "T2",
        name: "an earlier row's output",
        says: "The row starts from the output of an earlier row than the one above it.",
    },
    Misread {
        code: "T3",
        name: "the channels not carried",
        says: "The number of kernels was not taken over as the channels of the output.",
    },
    Misread {
        code: "T5",
        name: "the batch counted",
        says: "The batch was multiplied in as if it belonged to one example.",
    },
    Misread {
        code: "T6",
        name: "two errors that cancel",
        says: "Two wrong steps cancel each other, and the result is right.",
    },
    Misread {
        code: "T7",
        name: "a right value after a wrong step",
        says: "The final value is right, and a step that is shown does not lead to it.",
    },
    Misread { code: "T8", name: "rounded without saying so", says: "The quotient was rounded, and no step says how." },
    Misread { code: "X1", name: "a digit read as another", says: "One digit was read as another that looks like it." },
    Misread { code: "X2", name: "a digit dropped or added", says: "A digit was dropped in reading, or one was added." },
    Misread { code: "X3", name: "two digits exchanged", says: "Two digits that stand side by side were exchanged." },
    Misread { code: "X4", name: "digits split", says: "The digits of one number were split over lines or cells." },
    Misread {
        code: "X5",
        name: "a neighbouring cell",
        says: "The figure of a neighbouring cell was read into this one.",
    },
    Misread { code: "X6", name: "a factor lost", says: "A factor of the product was lost in reading." },
    Misread {
        code: "X7",
        name: "an operator lost or changed",
        says: "An operator of the formula was lost in reading, or read as another.",
    },
    Misread { code: "X8", name: "struck-out text read", says: "Text that is struck out was read as if it stood." },
    Misread { code: "X9", name: "the label of a row misread", says: "The label of the row was misread." },
    Misread {
        code: "X10",
        name: "text from a similar row",
        says: "The reading repeats a similar row instead of what is written here.",
    },
    Misread { code: "X11", name: "the page cut off", says: "The page breaks off before this cell." },
    Misread {
        code: "X12",
        name: "print and marks read as figures",
        says: "Something printed on the page, or a mark between the cells, was read as a figure.",
    },
];
