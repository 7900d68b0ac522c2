//! `workings networks`: what comes along.

use sources::NETWORKS;
use views::networks::Entry;
use workings::ledger::{Binds, Ledger};
use workings::Fault;

use crate::args::{Listing, Shared};
use crate::{Ended, output};

pub(super) fn run(shared: &Shared, listing: &Listing) -> Result<Ended, Fault> {
    let ledgers: Vec<Ledger> =
        NETWORKS.iter().map(|network| Ledger::of(formats::net::read(network.text).0, &Binds::new()).0).collect();
    let entries = NETWORKS.iter().zip(&ledgers).map(|(network, ledger)| Entry {
        name: network.name,
        about: network.about(),
        ledger,
    });
    let report = views::networks::networks(entries);
    output::write(shared, &output::dressed(shared, listing.form, &report)?)?;
    Ok(Ended::Fine)
}
