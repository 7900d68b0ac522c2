//! Filled-in sheets: every form of table gives the same sheet, every way of writing a number the same number, and what
//! is no sheet is said to be none.

#[path = "sheet/bad.rs"]
mod bad;
#[path = "sheet/cells.rs"]
mod cells;
#[path = "sheet/forms.rs"]
mod forms;
#[path = "sheet/pages.rs"]
mod pages;
#[path = "sheet/scans.rs"]
mod scans;
#[path = "sheet/shown.rs"]
mod shown;
