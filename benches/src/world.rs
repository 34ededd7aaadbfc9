//! A world for the kernels of the evaluator: tables in memory, the same every time.

use lead_data::{Cell, World};
use lead_hir::hir::{Lexicon, TableId, Ty, Value};

/// Records of each entity.
const RECORDS: u32 = 2_000;
/// Events of each kind.
const EVENTS: u32 = 20_000;
const DAY: i64 = 86_400_000_000;

/// Texts that cells take turns with.
const TEXTS: [&str; 8] =
    ["pricing", "product", "Software", "US", "Engineer", "Head of sales", "Referral", "Chief of Sales"];

/// Numbers that look as if they came by chance.
struct Numbers(u64);

impl Numbers {
    /// The next one, less than `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Fills every table of a lexicon; events lie in the year before the as-of time.
pub fn world(lexicon: &Lexicon, as_of: i64) -> World {
    let (mut world, mut numbers) = (World::new(lexicon), Numbers(7));
    for (id, table) in lexicon.table_ids() {
        for row in 0..if table.is_event() { EVENTS } else { RECORDS } {
            let time = as_of - 1 - numbers.below(365 * DAY as u64) as i64;
            let cells = cells(lexicon, id, row, time, &mut numbers);
            if table.is_event() {
                world.event(id, time, cells);
            } else {
                world.record(id, cells);
            }
        }
    }
    world
}

fn cells(lexicon: &Lexicon, table: TableId, row: u32, time: i64, numbers: &mut Numbers) -> Vec<Cell> {
    let cell = |ty: &Ty, numbers: &mut Numbers| match ty {
        Ty::Key => Cell::Value(Value::Text(format!("k{row}").into())),
        Ty::Record(_) => Cell::Record(numbers.below(u64::from(RECORDS)) as u32),
        Ty::Time => Cell::Value(Value::Time(time)),
        // One in nine is unknown.
        _ if numbers.below(9) == 0 => Cell::Unknown,
        Ty::YesNo => Cell::Value(Value::YesNo(numbers.below(2) == 0)),
        Ty::Number => Cell::Value(Value::Number(numbers.below(1_000) as f64)),
        Ty::Money => Cell::Value(Value::Money(numbers.below(1_000_000_000) as i64)),
        _ => Cell::Value(Value::Text(TEXTS[numbers.below(TEXTS.len() as u64) as usize].into())),
    };
    lexicon.table(table).fields.iter().map(|field| cell(&field.ty, numbers)).collect()
}
