// The Lead language for editors that highlight by tree-sitter. The reference is grammar/lead.pest: both accept and refuse the
// same files, which a test holds (tests/tests/tree_sitter.rs). Names of several words, what begins a statement and where lines begin are
// decided in src/scanner.c, by the same rules as in the pest grammar.

/// A word of the language, in any case.
const kw = word => alias(token(new RegExp(word.replace(/[a-z]/g, c => `[${c}${c.toUpperCase()}]`).replace(/ /g, '[ \\t\\u00a0]+'))), word);

/// One or more, with commas between.
const listed = rule => seq(rule, repeat(seq(',', rule)));

/// `(a, b,)`
const items = (open, rule, close) => seq(open, optional(seq(listed(rule), optional(','))), close);

module.exports = grammar({
  name: 'lead',

  extras: $ => [/[ \t\r\n\u00a0]/, $.doc_comment, $.comment],

  // In the order of the scanner's list.
  externals: $ => [
    $._entity_start, $._event_start, $._subject_start, $._value_start, $._term_start, $._choice_start,
    $._score_start, $._funnel_start, $._metric_start, $._story_start, $._table_start,
    $._end, $._score_line, $._story_line, $._table_line,
    // Before a name, by where it stands; its words come behind.
    $._g_name, $._g_member, $._g_source_name, $._g_event_name, $._g_subject_name, $._g_points_name, $._g_as_name, $._g_story_name,
    $._g_field_name, $._g_term_name,
    $._words,
    // Before words that could be part of a name.
    $._g_boolean, $._g_now, $._g_today, $._g_period, $._g_rolling, $._g_aggregate, $._g_distinct, $._g_known, $._g_ago, $._g_as_of,
    $._g_same_when, $._g_from, $._g_in,
    // Before a `between` that is a window.
    $._g_between,
    // Before `-`.
    $._g_minus, $._g_negate,
    $._error,
  ],

  rules: {
    source_file: $ => repeat($._statement),

    _statement: $ => choice(
      $.entity, $.event, $.subject, $.value, $.term, $.choice, $.score, $.funnel, $.metric, $.example, $.examples,
    ),

    doc_comment: _ => token(prec(1, /##[^\n]*/)),
    comment: _ => token(/#[^\n]*/),

    // --- kinds of records ---

    entity: $ => seq(
      $._entity_start, kw('entity'), field('name', alias($._source_name, $.name)), $.sources, optional($.filter),
      repeat(choice($.same_when, $.field)), $._end,
    ),
    event: $ => seq(
      $._event_start, kw('event'), field('name', alias($._event_name, $.name)),
      optional(seq(kw('of'), field('subject', alias($._subject_name, $.name)))), $.sources, optional($.filter),
      repeat($.field), $._end,
    ),
    sources: $ => seq($._from, listed($.text)),
    same_when: $ => seq($._same_when, listed($.name)),
    field: $ => seq(
      field('name', $.name),
      choice(seq(':', field('type', $.type)), seq('->', field('reference', alias($._source_name, $.name)))),
      optional($.headers),
    ),
    type: $ => seq(
      repeat(kw('list of')),
      choice(
        seq(kw('one of'), listed($.text)),
        kw('key'), kw('text'), kw('number'), kw('money'), kw('yes/no'), kw('time'), kw('date'), kw('duration'),
      ),
    ),
    headers: $ => seq($._from, listed($.header)),
    header: $ => seq($.text, optional(seq($._header_in, $.text))),

    // --- definitions ---

    subject: $ => seq($._subject_start, kw('for'), field('name', $.name), $._end),
    value: $ => seq($._value_start, field('name', $.name), '=', field('value', $.expression), $._end),
    term: $ => seq(
      $._term_start, field('name', $.name), $.when_clause, repeat($.or_when_clause), repeat($.unless_clause), $._end,
    ),
    when_clause: $ => seq(kw('when'), $.expression, optional($.because)),
    or_when_clause: $ => seq($._or_when, $.expression, optional($.because)),
    unless_clause: $ => seq(kw('unless'), $.expression, optional($.because)),
    _or_when: _ => alias(token(prec(1, /[oO][rR][ \t\r\n\u00a0]+[wW][hH][eE][nN]/)), 'or when'),
    because: $ => seq(kw('because'), $.text),
    choice: $ => seq($._choice_start, field('name', $.name), kw('is'), repeat1($.choice_line), $._end),
    choice_line: $ => seq(
      field('result', $.sum), choice(seq(kw('when'), field('condition', $.expression)), kw('otherwise')), optional($.because),
    ),
    score: $ => seq(
      $._score_start, kw('score'), field('name', $.name), repeat($.score_option),
      repeat(seq($._score_line, $.score_line)), $._end,
    ),
    score_option: $ => seq(',', choice(
      seq($._half_life, $.duration),
      seq(kw('at most'), $.sum),
      seq(kw('at least'), $.sum),
    )),
    _half_life: _ => alias(token(/[hH][aA][lL][fF](-|[ \t\u00a0]+)[lL][iI][fF][eE]/), 'half-life'),
    score_line: $ => seq(
      choice('+', $._minus, $._negate),
      field('points', choice($.number, $.parenthesized, alias($._points_name, $.name))),
      optional(choice(seq(kw('when'), $.expression), seq(kw('per'), $.records))),
      repeat(choice($.score_option, $.because)),
    ),
    funnel: $ => seq($._funnel_start, kw('funnel'), field('name', $.name), repeat($.funnel_step), $._end),
    funnel_step: $ => $.name,
    metric: $ => seq(
      $._metric_start, kw('metric'), field('name', $.name), '=', $.expression,
      optional(seq(kw('by'), listed($.dimension))), $._end,
    ),
    dimension: $ => seq(
      choice(alias($.plain_dimension, $.path), $.expression), optional(seq(kw('as'), field('name', $.name))),
    ),
    plain_dimension: $ => seq(alias($._as_name, $.name), repeat(seq(token.immediate('.'), alias($._as_name, $.name)))),

    // --- examples ---

    example: $ => seq($._story_start, kw('example'), field('title', $.text), repeat(seq($._story_line, $._story_item)), $._end),
    _story_item: $ => choice($.as_of, $.expectation, $.example_event, $.example_record),
    as_of: $ => seq($._as_of, choice($.time, $.date)),
    expectation: $ => seq(kw('expect'), optional(seq(field('record', $.text), ':')), $.expression, optional($.because)),
    example_event: $ => seq(
      field('event', alias($._story_name, $.name)), optional(seq(kw('of'), field('record', $.text))), $._story_moment,
      repeat(seq(',', $.example_field)),
    ),
    _story_moment: $ => choice(
      seq($.duration, $._ago), seq(kw('in'), $.duration), seq(optional(kw('on')), choice($.time, $.date)),
      seq(kw('on'), $.name), $.today, $.now,
    ),
    example_record: $ => seq(
      field('entity', alias($._story_name, $.name)), optional(field('key', $.text)),
      optional(choice(seq(':', listed($.example_field)), $._colon_at_the_end)),
    ),
    // Behind a colon no line begins, so that only the statement may end.
    _colon_at_the_end: $ => prec.dynamic(-1, ':'),
    example_field: $ => seq(field('name', alias($._field_name, $.name)), optional('='), field('value', $.sum)),

    examples: $ => seq(
      $._table_start, kw('examples'), field('name', $.name), repeat(seq($._table_line, choice($.as_of, $.row))), $._end,
    ),
    row: $ => choice($.expression, seq(optional($.expression), repeat1(seq('|', optional($.expression))))),

    // --- expressions: a flat list, loosest level first ---

    expression: $ => prec.right(seq($._unit, repeat(seq(choice(kw('and'), kw('or')), $._unit)))),
    _unit: $ => prec.right(seq(repeat(kw('not')), $.sum, optional($._test), optional($.window))),
    _test: $ => choice($.comparison, $.between_test, $.known_test, $.term_test),
    comparison: $ => prec.right(seq($._compare_op, $.sum)),
    _compare_op: _ => choice(
      '!=', '<=', '>=', '=', '<', '>', kw('contains'), kw('matches'), kw('starts with'), kw('ends with'),
      kw('in'), seq(kw('not'), kw('in')),
    ),
    between_test: $ => prec.right(seq(kw('between'), $.sum, kw('and'), $.sum)),
    known_test: $ => seq(kw('is'), $.known),
    term_test: $ => seq(kw('is'), optional(kw('not')), alias($._term_name, $.name)),

    sum: $ => prec.right(seq($._signed, repeat(seq(choice('+', $._minus, '*', '/'), $._signed)))),
    _signed: $ => seq(repeat(choice($._negate, $._minus)), $._primary),
    _primary: $ => choice(
      $.aggregate, $.was, $.became, $.boolean, $.now, $.today, $.period, $.rolling, $._operand_value, $.parenthesized, $.list,
      $.call, $.path,
    ),
    _operand_value: $ => choice($.text, $.number, $.percent, $.duration, $.date, $.time),
    parenthesized: $ => seq('(', $.expression, ')'),
    list: $ => items('[', $.expression, ']'),
    was: $ => seq(
      kw('was'), $.path, choice(seq($.duration, $._ago), seq(kw('on'), choice($.time, $.date, $.name))),
    ),
    became: $ => seq(kw('became'), $.path),
    path: $ => prec.right(seq($.name, repeat(seq(token.immediate('.'), alias($._member, $.name))))),
    call: $ => seq(
      field('function', $.name), token.immediate('('), optional(seq(listed($.expression), optional(','))), ')',
    ),
    aggregate: $ => seq($.aggregate_function, token.immediate('('), optional($._distinct), $.records, repeat($.step), ')'),
    records: $ => prec.right(seq($.sum, repeat(choice($.via, $.window)), optional($.filter))),
    via: $ => seq(kw('via'), $.name),
    filter: $ => seq(kw('where'), $.expression),
    step: $ => seq(kw('then'), optional(seq(kw('within'), $.duration)), $.path, optional($.window), optional($.filter)),

    // --- windows ---

    window: $ => choice(
      seq(kw('within'), choice($.period, $.rolling, $.duration, $.name)),
      seq(kw('since'), $._moment),
      seq(kw('before'), $._moment),
      $.between_window,
      seq(kw('more than'), $.duration, $._ago),
    ),
    // The scanner has seen that it is one, so that bounds need not be told apart here.
    between_window: $ => seq($._g_between, kw('between'), choice($.duration, $._fixed_moment), kw('and'), $._fixed_moment),
    _moment: $ => choice($._fixed_moment, $.name),
    _fixed_moment: $ => choice(seq($.duration, $._ago), $.time, $.date, $.today, $.now),

    // --- names, and words that could be part of one ---

    name: $ => seq($._g_name, $._words),
    _member: $ => seq($._g_member, $._words),
    _source_name: $ => seq($._g_source_name, $._words),
    _event_name: $ => seq($._g_event_name, $._words),
    _subject_name: $ => seq($._g_subject_name, $._words),
    _points_name: $ => seq($._g_points_name, $._words),
    _as_name: $ => seq($._g_as_name, $._words),
    _story_name: $ => seq($._g_story_name, $._words),
    _field_name: $ => seq($._g_field_name, $._words),
    _term_name: $ => seq($._g_term_name, $._words),
    boolean: $ => seq($._g_boolean, choice(kw('yes'), kw('no'), kw('true'), kw('false'))),
    now: $ => seq($._g_now, kw('now')),
    today: $ => seq($._g_today, kw('today')),
    period: $ => seq(
      $._g_period, choice(kw('this'), seq(choice(kw('last'), kw('next')), optional(alias(/[0-9]+/, $.count)))), optional(kw('fiscal')),
      $.unit,
    ),
    unit: _ => token(/([dD][aA][yY]|[wW][eE][eE][kK]|[mM][oO][nN][tT][hH]|[qQ][uU][aA][rR][tT][eE][rR]|[yY][eE][aA][rR])[sS]?/),
    rolling: $ => seq($._g_rolling, choice(kw('last'), kw('next')), $.duration),
    aggregate_function: $ => seq($._g_aggregate, choice(
      kw('count'), kw('any'), kw('no'), kw('every'), kw('sum'), kw('average'), kw('min'), kw('max'), kw('first'), kw('last'),
    )),
    known: $ => seq($._g_known, choice(kw('known'), kw('unknown'))),
    _distinct: $ => seq($._g_distinct, kw('distinct')),
    _ago: $ => seq($._g_ago, kw('ago')),
    _as_of: $ => seq($._g_as_of, kw('as of')),
    _same_when: $ => seq($._g_same_when, kw('same when')),
    _from: $ => seq($._g_from, kw('from')),
    _header_in: $ => seq($._g_in, kw('in')),
    _minus: $ => seq($._g_minus, '-'),
    _negate: $ => seq($._g_negate, '-'),

    // --- values written out ---

    text: _ => /"([^"\n\r]|"")*"/,
    number: _ => /[0-9](_?[0-9])*(\.[0-9]+)?/,
    percent: _ => /[0-9](_?[0-9])*(\.[0-9]+)?%/,
    duration: _ => /[0-9](_?[0-9])*(min|mo|h|d|w|q|y)/,
    date: _ => /[0-9]{4}-[0-9]{2}-[0-9]{2}/,
    time: _ => /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?/,
  },
});
