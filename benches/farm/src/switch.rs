//! What one switch of 28 ports shows: system, interfaces, hardware, neighbours, bridge ports.
use arpenteur_wire::snmp::{Message, Oid, Pdu, Value, VarBind, Version};
use arpenteur_wire::{WireError, oid};
use std::net::Ipv4Addr;

/// Ports of the switch.
const PORTS: u32 = 28;
/// Rows of the entPhysicalTable: the chassis and what is in it.
const MODULES: u32 = 8;
/// LLDP neighbours, on the first ports.
const NEIGHBOURS: u32 = 4;
/// Most bytes of variable bindings in one reply, so that it fits an Ethernet frame.
const REPLY_ROOM: usize = 1400;
/// Most repetitions that a GETBULK is given, whatever it asks.
const MOST_REPETITIONS: usize = 100;

const SYSTEM: Oid = oid!(1, 3, 6, 1, 2, 1, 1);
const IF_NUMBER: Oid = oid!(1, 3, 6, 1, 2, 1, 2, 1, 0);
const IF_ENTRY: Oid = oid!(1, 3, 6, 1, 2, 1, 2, 2, 1);
const IFX_ENTRY: Oid = oid!(1, 3, 6, 1, 2, 1, 31, 1, 1, 1);
const BASE_PORT_IF_INDEX: Oid = oid!(1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2);
const PHYSICAL_ENTRY: Oid = oid!(1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1);
const LLDP_LOCAL: Oid = oid!(1, 0, 8802, 1, 1, 2, 1, 3);
const LLDP_REMOTE_ENTRY: Oid = oid!(1, 0, 8802, 1, 1, 2, 1, 4, 1, 1);

/// A value, or what is made of the address that was asked.
enum Cell {
    Fixed(Value),
    Name,
    Serial,
}

/// One object instance.
struct Object {
    oid: Oid,
    cell: Cell,
    /// Bytes that it takes in a reply, about.
    size: usize,
}

/// The objects of a switch, sorted.
pub struct Switch {
    objects: Vec<Object>,
}

impl Switch {
    /// The switch.
    ///
    /// # Errors
    /// Where an object identifier below is none: a mistake of this file.
    pub fn new() -> Result<Self, WireError> {
        let mut switch = Self {
            objects: Vec::new(),
        };
        switch.system()?;
        for port in 1..=PORTS {
            switch.interface(port)?;
        }
        for module in 1..=MODULES {
            switch.module(module)?;
        }
        switch.lldp()?;
        switch.objects.sort_by(|a, b| a.oid.cmp(&b.oid));
        Ok(switch)
    }

    /// How many objects it has.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    fn put(&mut self, oid: Oid, cell: Cell) {
        let value = self::value(&cell, Ipv4Addr::BROADCAST);
        let varbind = VarBind {
            oid: oid.clone(),
            value,
        };
        let message = Message {
            version: Version::V2c,
            community: Vec::new(),
            pdu: Pdu::response(0, vec![varbind]),
        };
        let size = message.encode().len();
        self.objects.push(Object { oid, cell, size });
    }

    fn columns(
        &mut self,
        table: &Oid,
        index: &[u32],
        cells: impl IntoIterator<Item = (u32, Cell)>,
    ) -> Result<(), WireError> {
        for (column, cell) in cells {
            self.put(table.child(column)?.join(index)?, cell);
        }
        Ok(())
    }

    fn system(&mut self) -> Result<(), WireError> {
        let description = "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E4, RELEASE SOFTWARE (fc2)";
        let cells = [
            (1, text(description)),
            (2, object(oid!(1, 3, 6, 1, 4, 1, 9, 1, 1208))),
            (3, Cell::Fixed(Value::TimeTicks(123_456_789))),
            (4, text("network operations")),
            (5, Cell::Name),
            (6, text("Rack 1")),
            (7, number(2)),
        ];
        self.columns(&SYSTEM, &[0], cells)?;
        self.put(IF_NUMBER, number(PORTS));
        Ok(())
    }

    /// ifEntry, ifXEntry and the bridge port of one interface.
    fn interface(&mut self, port: u32) -> Result<(), WireError> {
        let basic = [
            (1, number(port)),
            (2, text(&format!("GigabitEthernet1/0/{port}"))),
            (3, number(6)),
            (4, number(1500)),
            (5, gauge(1_000_000_000)),
            (6, mac(0x02_00_00_00_01_00 + u64::from(port))),
            (7, number(1)),
            (8, number(1 + port % 2)),
            (9, Cell::Fixed(Value::TimeTicks(4242))),
        ];
        let counters =
            [10, 11, 13, 14, 16, 17, 19, 20].map(|column| (column, counter(column * 1000 + port)));
        self.columns(&IF_ENTRY, &[port], basic.into_iter().chain(counters))?;
        let name = [(1, text(&format!("Gi1/0/{port}")))];
        let multicast = (2..=5).map(|column| (column, counter(column + port)));
        let wide = (6..=13).map(|column| (column, counter64(u64::from(column) << 32)));
        let rest = [
            (14, number(1)),
            (15, gauge(1000)),
            (16, number(2)),
            (17, number(1)),
            (18, text(&format!("to desk {port}"))),
            (19, Cell::Fixed(Value::TimeTicks(0))),
        ];
        let cells = name.into_iter().chain(multicast).chain(wide).chain(rest);
        self.columns(&IFX_ENTRY, &[port], cells)?;
        self.put(BASE_PORT_IF_INDEX.child(port)?, number(port));
        Ok(())
    }

    /// entPhysicalEntry of the chassis (1) or of a module in it.
    fn module(&mut self, module: u32) -> Result<(), WireError> {
        let chassis = module == 1;
        let model = "WS-C2960X-24TS-L";
        let name = format!("Module {module}");
        let cells = [
            (2, text(if chassis { model } else { &name })),
            (3, object(oid!(1, 3, 6, 1, 4, 1, 9, 12, 3, 1, 3, 1659))),
            (4, number(u32::from(!chassis))),
            (5, number(if chassis { 3 } else { 9 })),
            (6, number(module)),
            (7, text(&format!("Unit {module}"))),
            (8, text("V02")),
            (9, text("15.2(7r)E2")),
            (10, text("15.2(7)E4")),
            (
                11,
                if chassis {
                    Cell::Serial
                } else {
                    text(&format!("FDO{module:08}"))
                },
            ),
            (12, text("Cisco Systems")),
            (13, text(model)),
            (16, number(1)),
        ];
        self.columns(&PHYSICAL_ENTRY, &[module], cells)
    }

    fn lldp(&mut self) -> Result<(), WireError> {
        // The chassis is named by its own name (subtype 7, local): each switch has another.
        let scalars = [(1, number(7)), (2, Cell::Name), (3, Cell::Name)];
        self.columns(&LLDP_LOCAL, &[0], scalars)?;
        let ports = LLDP_LOCAL.join(&[7, 1])?;
        for port in 1..=PORTS {
            let cells = [
                (2, number(5)),
                (3, text(&format!("Gi1/0/{port}"))),
                (4, text(&format!("GigabitEthernet1/0/{port}"))),
            ];
            self.columns(&ports, &[port], cells)?;
        }
        for row in 1..=NEIGHBOURS {
            let cells = [
                (4, number(4)),
                (5, mac(0x02_00_00_00_02_00 + u64::from(row))),
                (6, number(5)),
                (7, text(&format!("Gi0/{row}"))),
                (8, text("uplink")),
                (9, text(&format!("peer{row}.example.net"))),
                (10, text("Cisco IOS")),
                (11, Cell::Fixed(Value::OctetString(vec![0x28]))),
                (12, Cell::Fixed(Value::OctetString(vec![0x28]))),
            ];
            self.columns(&LLDP_REMOTE_ENTRY, &[0, row, row], cells)?;
        }
        Ok(())
    }

    /// Where an object stands, or where the next one after it does.
    fn place(&self, oid: &Oid) -> Result<usize, usize> {
        self.objects.binary_search_by(|object| object.oid.cmp(oid))
    }

    fn varbind(&self, place: usize, address: Ipv4Addr) -> Option<(VarBind, usize)> {
        let object = self.objects.get(place)?;
        let varbind = VarBind {
            oid: object.oid.clone(),
            value: value(&object.cell, address),
        };
        Some((varbind, object.size))
    }

    /// GET: each object, or that there is none.
    pub fn get(&self, oids: &[VarBind], address: Ipv4Addr) -> Vec<VarBind> {
        let one = |asked: &VarBind| {
            let found = self.place(&asked.oid).ok();
            found
                .and_then(|place| self.varbind(place, address))
                .map_or_else(|| without(asked, Value::NoSuchInstance), |(found, _)| found)
        };
        oids.iter().map(one).collect()
    }

    /// GETBULK without non-repeaters, GETNEXT with one repetition.
    pub fn next(&self, oids: &[VarBind], repetitions: usize, address: Ipv4Addr) -> Vec<VarBind> {
        let mut places: Vec<usize> = oids
            .iter()
            .map(|asked| match self.place(&asked.oid) {
                Ok(place) => place + 1,
                Err(place) => place,
            })
            .collect();
        let mut reply = Vec::new();
        let mut room = REPLY_ROOM;
        for _ in 0..repetitions.min(MOST_REPETITIONS) {
            let mut more = false;
            for (asked, place) in oids.iter().zip(&mut places) {
                let (varbind, size) = match self.varbind(*place, address) {
                    Some(found) => {
                        more = true;
                        found
                    }
                    None => (without(asked, Value::EndOfMibView), 32),
                };
                if size > room {
                    return reply;
                }
                room -= size;
                *place += 1;
                reply.push(varbind);
            }
            if !more {
                break;
            }
        }
        reply
    }
}

fn without(asked: &VarBind, exception: Value) -> VarBind {
    VarBind {
        oid: asked.oid.clone(),
        value: exception,
    }
}

fn value(cell: &Cell, address: Ipv4Addr) -> Value {
    let [a, b, c, d] = address.octets();
    match cell {
        Cell::Fixed(value) => value.clone(),
        Cell::Name => Value::OctetString(format!("sw-{a}-{b}-{c}-{d}").into_bytes()),
        Cell::Serial => Value::OctetString(format!("FOC{a:02X}{b:02X}{c:02X}{d:02X}").into_bytes()),
    }
}

fn text(text: &str) -> Cell {
    Cell::Fixed(Value::OctetString(text.as_bytes().to_vec()))
}

fn mac(number: u64) -> Cell {
    let octets = number.to_be_bytes().into_iter().skip(2).collect();
    Cell::Fixed(Value::OctetString(octets))
}

fn object(oid: Oid) -> Cell {
    Cell::Fixed(Value::ObjectIdentifier(oid))
}

fn number(number: u32) -> Cell {
    Cell::Fixed(Value::Integer(i32::try_from(number).unwrap_or(i32::MAX)))
}

fn gauge(number: u32) -> Cell {
    Cell::Fixed(Value::Gauge32(number))
}

fn counter(number: u32) -> Cell {
    Cell::Fixed(Value::Counter32(number))
}

fn counter64(number: u64) -> Cell {
    Cell::Fixed(Value::Counter64(number))
}
