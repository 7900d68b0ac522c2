//! `workings networks`: what comes along.

use sources::{NETWORKS, Network};
use views::networks::Entry;
use workings::Fault;
use workings::ledger::{Binds, Ledger};

use crate::args::{Listing, Shared};
use crate::{Ended, output};

pub(super) fn run(shared: &Shared, listing: &Listing) -> Result<Ended, Fault> {
    let ledgers: Vec<Ledger> =
        NETWORKS.iter().map(|network| Ledger::of(formats::net::read(network.text).0, &Binds::new()).0).collect();
    let entry = |(network, ledger): (&'static Network, _)| Entry { name: network.name, title: network.about(), ledger };
    let entries: Vec<Entry<'_>> = NETWORKS.iter().zip(&ledgers).map(entry).collect();
    let report = views::networks::networks(&entries);
    output::write(shared, &output::dressed(shared, listing.form, &report)?)?;
    Ok(Ended::Fine)
}
