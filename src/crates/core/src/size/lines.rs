//! The recurring lines L1 to L9.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::count::Estate;
use super::model::{ClassCoefficients, Levels, SizingModel};
use crate::model::class::SizingLine;
use crate::model::estimate::{
    ClassCount, Item, Level, Line, LineId, Origin, Part, Spread, Tickets,
};

const MONTHS_PER_YEAR: u32 = 12;

/// A line while its terms are added.
struct Builder<'m> {
    model: &'m SizingModel,
    id: LineId,
    parts: Vec<Part>,
    levels: BTreeMap<Level, Spread>,
}

impl<'m> Builder<'m> {
    fn new(model: &'m SizingModel, id: LineId) -> Self {
        Self {
            model,
            id,
            parts: Vec::new(),
            levels: BTreeMap::new(),
        }
    }

    fn part(&mut self, item: Item, quantity: Decimal, origin: Origin, hours: Spread) {
        self.parts.push(Part {
            item,
            quantity,
            origin,
            hours,
        });
    }

    fn level(&mut self, level: Level, hours: Spread) {
        let sum = self.levels.entry(level).or_default();
        *sum = sum.plus(hours);
    }

    fn split(&mut self, split: &Levels, hours: Spread) {
        for (level, share) in split {
            self.level(*level, hours.times(share.0));
        }
    }

    /// A term done by one level.
    fn whole(
        &mut self,
        item: Item,
        quantity: Decimal,
        origin: Origin,
        hours: Spread,
        level: Level,
    ) {
        self.part(item, quantity, origin, hours);
        self.level(level, hours);
    }

    fn build(self) -> Line {
        let price = |(level, hours): (&Level, &Spread)| hours.times(self.model.rate(*level));
        Line {
            id: self.id,
            hours: self.levels.values().copied().sum(),
            euros: self.levels.iter().map(price).sum(),
            parts: self.parts,
            levels: self.levels,
        }
    }
}

/// All lines, and the tickets behind L3. `on_call_devices` is zero when there is no on-call.
pub(super) fn all(
    estate: &Estate,
    model: &SizingModel,
    on_call_devices: u32,
) -> (Vec<Line>, Tickets) {
    let (users, tickets) = users(estate, model);
    let lines = vec![
        preventive(estate, model, LineId::L1, SizingLine::Peripheral),
        preventive(estate, model, LineId::L2, SizingLine::Infrastructure),
        users,
        reactive(estate, model),
        sites(estate, model),
        third_parties(estate, model),
        reaudit(model),
        governance(model),
        on_call(model, on_call_devices),
    ];
    (lines, tickets)
}

/// Counted classes of a sizing line, with their coefficients.
fn sized<'e>(
    estate: &'e Estate,
    model: &'e SizingModel,
    line: SizingLine,
) -> impl Iterator<Item = (&'e ClassCount, &'e ClassCoefficients)> {
    let of_line = move |count: &&ClassCount| estate.lines.get(&count.class) == Some(&line);
    let counted = estate
        .counts
        .iter()
        .filter(of_line)
        .filter(|count| count.sized > 0);
    counted.filter_map(|count| Some((count, model.classes.get(&count.class)?)))
}

fn split_of(model: &SizingModel, line: SizingLine) -> &Levels {
    match line {
        SizingLine::Infrastructure => &model.splits.infrastructure.value,
        SizingLine::Peripheral | SizingLine::None => &model.splits.peripheral.value,
    }
}

/// L1, L2: Σ n·p.
fn preventive(estate: &Estate, model: &SizingModel, id: LineId, line: SizingLine) -> Line {
    let mut builder = Builder::new(model, id);
    for (count, coefficients) in sized(estate, model, line) {
        let quantity = Decimal::from(count.sized);
        let hours = coefficients.preventive.spread().times(quantity);
        builder.part(
            Item::Class(count.class.clone()),
            quantity,
            count.origin,
            hours,
        );
        builder.split(split_of(model, line), hours);
    }
    builder.build()
}

/// L3: T = U·τ·(1 + (f − 1)·old/workstations), then hours per ticket by level, and the intake by
/// N1 of what goes to N2 and N3.
fn users(estate: &Estate, model: &SizingModel) -> (Line, Tickets) {
    let coefficients = &model.users;
    let users = Decimal::from(estate.users.value);
    let workstations = Decimal::from(estate.workstations().max(1));
    let old = Decimal::from(estate.old_workstations.value);
    let extra = model.aging.factor.value.0 - Decimal::ONE;
    // Divided last, so that the quotient is exact whenever the result is.
    let weighted = users * (workstations + extra * old);
    let per = |tickets: Decimal| tickets * weighted / workstations;
    let rate = coefficients.tickets.value.spread();
    let total = Spread {
        low: per(rate.low),
        likely: per(rate.likely),
        high: per(rate.high),
    };

    let shares = &coefficients.shares.value;
    let solved = |share: Decimal| total.times(share);
    let (n1, n2, n3) = (
        solved(shares.n1.0),
        solved(shares.n2.0),
        solved(shares.n3.0),
    );
    let further = n2.plus(n3);
    let origin = estate.users.origin;
    let hours = &coefficients.hours;
    let mut builder = Builder::new(model, LineId::L3);
    for (item, tickets, each, level) in [
        (Item::TicketsN1, n1, hours.n1.0, Level::N1),
        (
            Item::TicketIntake,
            further,
            coefficients.intake_hours.0,
            Level::N1,
        ),
        (Item::TicketsN2, n2, hours.n2.0, Level::N2),
        (Item::TicketsN3, n3, hours.n3.0, Level::N3),
    ] {
        builder.whole(item, tickets.likely, origin, tickets.times(each), level);
    }
    let tickets = Tickets {
        total: total.likely,
        n1: n1.likely,
        n2: n2.likely,
        n3: n3.likely,
    };
    (builder.build(), tickets)
}

/// L4: Σ r·(n_ok + f·n_old).
fn reactive(estate: &Estate, model: &SizingModel) -> Line {
    let mut builder = Builder::new(model, LineId::L4);
    for line in [SizingLine::Infrastructure, SizingLine::Peripheral] {
        for (count, coefficients) in sized(estate, model, line) {
            let old = Decimal::from(count.end_of_support);
            let recent = Decimal::from(count.sized) - old;
            let quantity = recent + model.aging.factor.value.0 * old;
            let hours = coefficients.reactive.spread().times(quantity);
            if hours.high.is_zero() {
                continue;
            }
            builder.part(
                Item::Class(count.class.clone()),
                quantity,
                count.origin,
                hours,
            );
            builder.split(split_of(model, line), hours);
        }
    }
    builder.build()
}

fn sites(estate: &Estate, model: &SizingModel) -> Line {
    let mut builder = Builder::new(model, LineId::L5);
    let sites = Decimal::from(estate.sites.value);
    let hours = model
        .sites
        .visits
        .value
        .spread()
        .times(model.sites.hours.0)
        .times(sites);
    builder.whole(Item::Sites, sites, estate.sites.origin, hours, Level::N1);
    builder.build()
}

fn third_parties(estate: &Estate, model: &SizingModel) -> Line {
    let mut builder = Builder::new(model, LineId::L6);
    let parties = Decimal::from(estate.third_parties.value);
    let hours = model.third_parties.n2.value.spread().times(parties);
    builder.whole(
        Item::ThirdParties,
        parties,
        estate.third_parties.origin,
        hours,
        Level::N2,
    );
    builder.build()
}

fn reaudit(model: &SizingModel) -> Line {
    let mut builder = Builder::new(model, LineId::L7);
    let (n2, n3) = (
        model.reaudit.n2.value.spread(),
        model.reaudit.n3.value.spread(),
    );
    builder.part(Item::Reaudit, Decimal::ONE, Origin::Default, n2.plus(n3));
    builder.level(Level::N2, n2);
    builder.level(Level::N3, n3);
    builder.build()
}

/// L8: hours of all committees of a year, by month.
fn governance(model: &SizingModel) -> Line {
    let mut builder = Builder::new(model, LineId::L8);
    let governance = &model.governance;
    let meetings: Decimal = governance
        .committees
        .iter()
        .map(|each| each.per_year.0)
        .sum();
    let year: Decimal = governance
        .committees
        .iter()
        .map(|each| each.per_year.0 * each.hours.0)
        .sum();
    let likely = year / Decimal::from(MONTHS_PER_YEAR);
    let hours = Spread {
        low: likely * governance.low_factor.0,
        likely,
        high: likely * governance.high_factor.0,
    };
    builder.whole(
        Item::Committees,
        meetings,
        Origin::Default,
        hours,
        Level::Governance,
    );
    builder.build()
}

/// L9: n_A·f·d. The fixed fee is no hour and stands apart.
fn on_call(model: &SizingModel, devices: u32) -> Line {
    let mut builder = Builder::new(model, LineId::L9);
    let devices = Decimal::from(devices);
    let each = model
        .on_call
        .call_outs
        .value
        .spread()
        .times(model.on_call.hours.0);
    let hours = each.times(devices);
    builder.whole(
        Item::CallOuts,
        devices,
        Origin::Declared,
        hours,
        Level::OnCall,
    );
    builder.build()
}
