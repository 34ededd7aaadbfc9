// What a grammar of single tokens cannot tell: what begins a statement and where it ends, where lines begin, and how far a name of
// several words goes. The rules are those of grammar/lead.pest and crates/lead-syntax/src/scan.rs.
//
// Most decisions need a look at what follows, so they are made at once and given out as tokens of no width (gates); the grammar's own
// tokens, or the words of a name, are read behind them.

#include "tree_sitter/parser.h"
#include "tree_sitter/alloc.h"
#include <string.h>

enum Token {
  ENTITY_START, EVENT_START, SUBJECT_START, VALUE_START, TERM_START, CHOICE_START,
  SCORE_START, FUNNEL_START, METRIC_START, STORY_START, TABLE_START,
  END, SCORE_LINE, STORY_LINE, TABLE_LINE,
  NAME, MEMBER, SOURCE_NAME, EVENT_NAME, SUBJECT_NAME, POINTS_NAME, AS_NAME, STORY_NAME, FIELD_NAME, TERM_NAME,
  WORDS,
  BOOLEAN, NOW, TODAY, PERIOD, ROLLING, AGGREGATE, DISTINCT, KNOWN, AGO, AS_OF, SAME_WHEN, FROM, HEADER_IN,
  BETWEEN,
  MINUS, NEGATE,
  ERROR_RECOVERY,
};

// Invariant: `length` is set between a gate of a name and its words, and 0 otherwise.
typedef struct {
  uint16_t length;
  // A start was given out, and the first token of the statement was not read yet.
  uint8_t begun;
  // A token of no width was given out here that the grammar did not ask for. Invariant *progress*: only one at a place.
  uint8_t forced;
} Scanner;

void *tree_sitter_lead_external_scanner_create(void);
void tree_sitter_lead_external_scanner_destroy(void *payload);
unsigned tree_sitter_lead_external_scanner_serialize(void *payload, char *buffer);
void tree_sitter_lead_external_scanner_deserialize(void *payload, const char *buffer, unsigned length);
bool tree_sitter_lead_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid);

// --- characters ---

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == 0xA0; }
static bool is_space(int32_t c) { return is_blank(c) || c == '\n' || c == '\r'; }
static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }

// Beyond ASCII everything is a letter but what is surely none.
static bool is_letter(int32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
  if (c == 0xD7 || c == 0xF7) return false;
  if (c >= 0x300 && c <= 0x36F) return false;
  if (c >= 0x2000 && c <= 0x2BFF) return c == 0x2071 || c == 0x207F || (c >= 0x2100 && c <= 0x218F);
  if (c >= 0x3000 && c <= 0x3004) return false;
  if (c >= 0x3008 && c <= 0x3030) return false;
  if (c >= 0xFE00 && c <= 0xFE6F) return false;
  return c < 0x1F000 || c > 0x1FAFF;
}

static bool is_mark(int32_t c) { return c >= 0x300 && c <= 0x36F; }

// --- what follows, in memory ---

#define LOOK 1200

typedef struct {
  int32_t c[LOOK + 4];
  int n;
} Look;

static int32_t at(const Look *l, int i) { return i >= 0 && i < l->n ? l->c[i] : 0; }

static int lower(int32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

static bool word_char(const Look *l, int i) {
  int32_t c = at(l, i);
  if (is_letter(c) || is_digit(c) || is_mark(c) || c == '_' || c == '\'' || c == '&') return true;
  return c == '-' && (is_letter(at(l, i + 1)) || is_digit(at(l, i + 1)));
}

// Where the word that starts at `i` ends; `i` where none does.
static int word_end(const Look *l, int i) {
  if (!is_letter(at(l, i))) return i;
  i++;
  while (word_char(l, i)) i++;
  return i;
}

static bool is_word(const Look *l, int i, const char *word) {
  int end = word_end(l, i);
  if (end - i != (int)strlen(word)) return false;
  for (int k = i; k < end; k++)
    if (lower(at(l, k)) != word[k - i]) return false;
  return true;
}

static bool is_one_of(const Look *l, int i, const char *const *words) {
  for (; *words; words++)
    if (is_word(l, i, *words)) return true;
  return false;
}

static int blanks(const Look *l, int i) {
  while (is_blank(at(l, i))) i++;
  return i;
}

static int spaces(const Look *l, int i) {
  while (is_space(at(l, i))) i++;
  return i;
}

static const char *const KEYWORDS[] = {
  "and", "or", "not", "is", "within", "when", "where", "was", "since", "before", "between", "because", "became",
  "contains", "matches", "unless", "otherwise", "then", "via", NULL,
};
static const char *const AGGREGATES[] = {
  "count", "any", "no", "every", "sum", "average", "min", "max", "first", "last", NULL,
};
static const char *const BOOLEANS[] = {"yes", "no", "true", "false", NULL};
static const char *const VALUES[] = {"yes", "no", "true", "false", "now", "today", NULL};
static const char *const NO_TERMS[] = {
  "known", "unknown", "yes", "none", "now", "no", "true", "false", "null", "nil", "empty", "blank", "missing", "today", NULL,
};
static const char *const UNITS[] = {
  "day", "week", "month", "quarter", "year", "days", "weeks", "months", "quarters", "years", NULL,
};

static bool keyword(const Look *l, int i) { return is_one_of(l, i, KEYWORDS); }

// `starts with`, `more than 90d`, `on 2026-03-31`
static bool phrase(const Look *l, int i) {
  int end = word_end(l, i), next = blanks(l, end);
  if (next == end) return false;
  if (is_word(l, i, "starts") || is_word(l, i, "ends")) return is_word(l, next, "with");
  if (is_word(l, i, "more") && is_word(l, next, "than")) {
    int than = word_end(l, next), digit = blanks(l, than);
    return digit > than && is_digit(at(l, digit));
  }
  return is_word(l, i, "on") && (is_digit(at(l, next)) || at(l, next) == '`');
}

// `in` and `by`, where something to look in or to split by follows
static bool soft_keyword(const Look *l, int i) {
  bool in = is_word(l, i, "in");
  if (!in && !is_word(l, i, "by")) return false;
  int end = word_end(l, i);
  if (in && at(l, spaces(l, end)) == '[') return true;
  int next = blanks(l, end);
  if (next == end) return false;
  if (at(l, next) == '`') return true;
  return is_letter(at(l, next)) && !keyword(l, next) && !phrase(l, next) && !is_word(l, next, "in") && !is_word(l, next, "by");
}

static bool reserved(const Look *l, int i) { return keyword(l, i) || phrase(l, i) || soft_keyword(l, i); }

static bool name_word(const Look *l, int i) { return is_letter(at(l, i)) && !reserved(l, i); }

// Whether a word that stands for itself ends at `i`: behind the `yes` of `opted in = yes`
static bool whole(const Look *l, int i) {
  if (at(l, i) == '(' || at(l, i) == '.') return false;
  int next = blanks(l, i);
  return next == i || !name_word(l, next);
}

// `from "file"`
static bool from_text(const Look *l, int i) {
  int end = word_end(l, i);
  return is_word(l, i, "from") && spaces(l, end) > end && at(l, spaces(l, end)) == '"';
}

static int quoted(const Look *l, int i) {
  if (at(l, i) != '`') return i;
  int k = i + 1;
  while (k < l->n && at(l, k) != '`' && at(l, k) != '\n' && at(l, k) != '\r') k++;
  return at(l, k) == '`' && k > i + 1 ? k + 1 : i;
}

static bool source_word(const Look *l, int i) { return name_word(l, i) && !from_text(l, i); }
static bool of_word(const Look *l, int i) { return source_word(l, i) && !is_word(l, i, "of"); }

// The last `of` of an event's head, and what follows
static bool of_tail(const Look *l, int i) {
  if (!is_word(l, i, "of")) return false;
  int end = word_end(l, i), k = blanks(l, end);
  if (k == end) return false;
  if (quoted(l, k) > k) {
    k = quoted(l, k);
  } else {
    if (!of_word(l, k)) return false;
    k = word_end(l, k);
    for (int next = blanks(l, k); next > k && of_word(l, next); next = blanks(l, k)) k = word_end(l, next);
  }
  return from_text(l, spaces(l, k)) || spaces(l, k) >= l->n || at(l, blanks(l, k)) == '\n';
}

// A word that is a value at the end of a story's field: `yes`
static bool value_word(const Look *l, int i) {
  if (!is_one_of(l, i, VALUES)) return false;
  int k = blanks(l, word_end(l, i));
  int32_t c = at(l, k);
  if (k >= l->n || c == ',' || c == '\n' || c == '\r' || c == '#') return true;
  return (c == '+' || c == '-') && at(l, k + 1) == ' ';
}

static bool part_of(const Look *l, int i, enum Token kind) {
  int end = word_end(l, i), next = blanks(l, end);
  bool gap = next > end;
  switch (kind) {
    case SOURCE_NAME: return source_word(l, i);
    case SUBJECT_NAME: return of_word(l, i);
    case EVENT_NAME: return source_word(l, i) && !of_tail(l, i);
    case POINTS_NAME: return name_word(l, i) && !(is_word(l, i, "per") && gap);
    case AS_NAME: return name_word(l, i) && !(is_word(l, i, "as") && gap && (is_letter(at(l, next)) || at(l, next) == '`'));
    case STORY_NAME:
      return name_word(l, i) && !value_word(l, i) && !(is_word(l, i, "of") && gap && at(l, next) == '"')
        && !(is_word(l, i, "in") && gap && is_digit(at(l, next)));
    case FIELD_NAME: return is_letter(at(l, i)) && !keyword(l, i) && !value_word(l, i);
    default: return name_word(l, i);
  }
}

// How long the name of a kind is that starts at `i`; 0 where none does.
static int name_length(const Look *l, int i, enum Token kind) {
  if (at(l, i) == '`') return quoted(l, i) - i;
  if (!is_letter(at(l, i)) || !part_of(l, i, kind)) return 0;
  if (kind == TERM_NAME && is_one_of(l, i, NO_TERMS) && whole(l, word_end(l, i))) return 0;
  int end = word_end(l, i);
  for (int next = blanks(l, end); next > end && is_letter(at(l, next)) && part_of(l, next, kind); next = blanks(l, end))
    end = word_end(l, next);
  return end - i;
}

// `region` of `region as area`, with or without a path
static bool plain_dimension(const Look *l, int i) {
  int length = name_length(l, i, AS_NAME);
  while (length > 0 && at(l, i + length) == '.') {
    i += length + 1;
    length = name_length(l, i, AS_NAME);
  }
  int end = i + length, next = blanks(l, end);
  return length > 0 && next > end && is_word(l, next, "as");
}

// --- periods ---

static int digits(const Look *l, int i) {
  while (is_digit(at(l, i))) i++;
  return i;
}

// `this month`, `last 2 fiscal quarters`
static bool period(const Look *l, int i) {
  bool is_this = is_word(l, i, "this");
  if (!is_this && !is_word(l, i, "last") && !is_word(l, i, "next")) return false;
  int end = word_end(l, i), k = blanks(l, end);
  if (k == end) return false;
  if (!is_this && is_digit(at(l, k))) {
    end = digits(l, k);
    k = blanks(l, end);
    if (k == end) return false;
  }
  if (is_word(l, k, "fiscal")) {
    end = word_end(l, k);
    k = blanks(l, end);
    if (k == end) return false;
  }
  return is_one_of(l, k, UNITS) && whole(l, word_end(l, k));
}

// `next 12mo`
static bool rolling(const Look *l, int i) {
  if (!is_word(l, i, "last") && !is_word(l, i, "next")) return false;
  int end = word_end(l, i), k = blanks(l, end);
  return k > end && is_digit(at(l, k)) && is_letter(at(l, digits(l, k)));
}

// `90d`; where it ends, `i` where none starts.
static int duration(const Look *l, int i) {
  int k = i;
  if (!is_digit(at(l, k))) return i;
  while (is_digit(at(l, k)) || (at(l, k) == '_' && is_digit(at(l, k + 1)))) k++;
  static const char *const LENGTHS[] = {"min", "mo", "h", "d", "w", "q", "y", NULL};
  return is_one_of(l, k, LENGTHS) ? word_end(l, k) : i;
}

// `2026-03-31T14:00`: digits and what joins them
static int calendar(const Look *l, int i) {
  static const char *const FORM = "0000-00-00";
  for (int k = 0; FORM[k]; k++)
    if (FORM[k] == '0' ? !is_digit(at(l, i + k)) : at(l, i + k) != FORM[k]) return i;
  int k = i + 10;
  while (is_digit(at(l, k)) || at(l, k) == 'T' || at(l, k) == ':' || at(l, k) == 'Z'
         || ((at(l, k) == '+' || at(l, k) == '-') && is_digit(at(l, k + 1))))
    k++;
  return word_char(l, k) ? i : k;
}

// `90d ago`
static int ago(const Look *l, int i) {
  int end = duration(l, i), k = spaces(l, end);
  return end > i && is_word(l, k, "ago") ? word_end(l, k) : i;
}

static int fixed_moment(const Look *l, int i) {
  if (ago(l, i) > i) return ago(l, i);
  if (calendar(l, i) > i) return calendar(l, i);
  bool named = is_word(l, i, "today") || is_word(l, i, "now");
  return named && whole(l, word_end(l, i)) ? word_end(l, i) : i;
}

// `between 90d and 30d ago`, `between 2026-01-01 and 2026-03-31`
static bool between_window(const Look *l) {
  if (!is_word(l, 0, "between")) return false;
  int from = spaces(l, word_end(l, 0));
  int end = ago(l, from) > from ? ago(l, from) : duration(l, from);
  int k = spaces(l, end);
  if (end > from && is_word(l, k, "and")) {
    int to = spaces(l, word_end(l, k));
    if (ago(l, to) > to) return true;
  }
  end = fixed_moment(l, from);
  k = spaces(l, end);
  if (end == from || !is_word(l, k, "and")) return false;
  int to = spaces(l, word_end(l, k));
  end = fixed_moment(l, to);
  if (end == to) return false;
  k = spaces(l, end);
  int32_t c = at(l, k);
  return !(c == '+' || c == '*' || c == '/' || (c == '-' && (is_space(at(l, k + 1)) || at(l, k + 1) == '(')));
}

// --- statements ---

static int keyword_kind(const Look *l, int i) {
  static const char *const WORDS_OF[] = {"entity", "event", "for", "score", "funnel", "metric", "example", "examples"};
  static const int KINDS[] = {
    ENTITY_START, EVENT_START, SUBJECT_START, SCORE_START, FUNNEL_START, METRIC_START, STORY_START, TABLE_START,
  };
  for (int k = 0; k < 8; k++)
    if (is_word(l, i, WORDS_OF[k])) return KINDS[k];
  return -1;
}

// Blanks, line ends and comments
static int gap(const Look *l, int i) {
  for (;;) {
    i = spaces(l, i);
    if (at(l, i) != '#') return i;
    while (i < l->n && at(l, i) != '\n') i++;
  }
}

// The kind of statement that starts here; -1: none.
static int classify(const Look *l) {
  int first_end = word_end(l, 0), end = 0, kind = keyword_kind(l, 0);
  bool own_name = false;
  if (at(l, 0) == '`') {
    end = quoted(l, 0);
  } else {
    int i = 0;
    for (;;) {
      int stop = word_end(l, i);
      if (stop == i || keyword(l, i)) break;
      if (i > 0) own_name = true;
      end = stop;
      i = blanks(l, end);
      if (i == end) break;
    }
    if (end == first_end && kind >= 0) {
      int k = blanks(l, end);
      if (at(l, k) == '`') {
        own_name = true;
        end = quoted(l, k);
      }
    }
  }
  int rest = gap(l, end), defined = -1;
  // What begins a line is a statement of its own.
  bool apart = rest > end && at(l, rest - 1) == '\n';
  if (end > 0 && !apart) {
    if (at(l, rest) == '=' && at(l, rest + 1) != '>') defined = VALUE_START;
    else if (is_word(l, rest, "when")) defined = TERM_START;
    else if (is_word(l, rest, "is")) defined = CHOICE_START;
  }
  if (kind == METRIC_START && defined == VALUE_START && own_name) return METRIC_START;
  return defined >= 0 ? defined : kind;
}

// --- the scanner ---

static bool give(TSLexer *lexer, enum Token token) {
  lexer->result_symbol = token;
  return true;
}

// What stands at the next place that is neither blank nor comment. Nothing read here belongs to a token.
typedef struct {
  int32_t c;
  bool new_line;
  uint32_t column;
  bool comment;
} Next;

static Next look_ahead(TSLexer *lexer) {
  Next next = {0, false, 0, false};
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '\n') {
      next.new_line = true;
      next.column = 0;
    } else if (is_space(c)) {
      next.column++;
    } else if (c == '#' && !lexer->eof(lexer)) {
      next.comment = true;
      while (lexer->lookahead != '\n' && !lexer->eof(lexer)) lexer->advance(lexer, false);
      continue;
    } else {
      break;
    }
    lexer->advance(lexer, false);
  }
  next.c = lexer->eof(lexer) ? 0 : lexer->lookahead;
  return next;
}

static void fill(TSLexer *lexer, Look *look) {
  look->n = 0;
  while (look->n < LOOK && !lexer->eof(lexer)) {
    look->c[look->n++] = lexer->lookahead;
    lexer->advance(lexer, false);
  }
}

// Whether a line of a story goes on with the one above.
static bool goes_on(const Look *l) {
  int32_t c = at(l, 0);
  if (is_letter(c)) return keyword(l, 0) || from_text(l, 0);
  return c > ' ' && c < 0x7F && !is_digit(c) && !strchr("\"`()[]", (int)c);
}

static bool any(const bool *valid, int from, int to) {
  for (int i = from; i <= to; i++)
    if (valid[i]) return true;
  return false;
}

// Whether a line begins with what follows; it is given out.
static bool line(const Look *l, const bool *valid, TSLexer *lexer) {
  if (valid[TABLE_LINE]) return give(lexer, TABLE_LINE);
  if (valid[SCORE_LINE] && (at(l, 0) == '+' || at(l, 0) == '-')) return give(lexer, SCORE_LINE);
  return valid[STORY_LINE] && !goes_on(l) ? give(lexer, STORY_LINE) : false;
}

static bool names(Scanner *scanner, TSLexer *lexer, const Look *l, const bool *valid) {
  static const enum Token ORDER[] = {
    STORY_NAME, FIELD_NAME, TERM_NAME, SOURCE_NAME, EVENT_NAME, SUBJECT_NAME, POINTS_NAME, AS_NAME, MEMBER, NAME,
  };
  for (unsigned k = 0; k < sizeof ORDER / sizeof *ORDER; k++) {
    enum Token kind = ORDER[k];
    if (!valid[kind] || (kind == AS_NAME && valid[NAME] && !plain_dimension(l, 0))) continue;
    int length = name_length(l, 0, kind);
    if (length > 0 && length < LOOK) {
      scanner->length = (uint16_t)length;
      return give(lexer, kind);
    }
  }
  return false;
}

static bool words(Scanner *scanner, TSLexer *lexer, const Look *l, const bool *valid) {
  int end = word_end(l, 0);
  int next = blanks(l, end);
  if (valid[BETWEEN] && between_window(l)) return give(lexer, BETWEEN);
  if (valid[STORY_NAME] && is_word(l, 0, "expect")) return false;
  if (valid[AS_OF] && is_word(l, 0, "as") && next > end && is_word(l, next, "of")) {
    int of = word_end(l, next);
    if (is_digit(at(l, spaces(l, of)))) return give(lexer, AS_OF);
  }
  if (valid[SAME_WHEN] && is_word(l, 0, "same") && next > end && is_word(l, next, "when")) return give(lexer, SAME_WHEN);
  if (valid[FROM] && from_text(l, 0)) return give(lexer, FROM);
  if (valid[HEADER_IN] && is_word(l, 0, "in") && at(l, spaces(l, end)) == '"') return give(lexer, HEADER_IN);
  if (valid[AGO] && is_word(l, 0, "ago")) return give(lexer, AGO);
  if (valid[KNOWN] && (is_word(l, 0, "known") || is_word(l, 0, "unknown")) && whole(l, end)) return give(lexer, KNOWN);
  if (valid[DISTINCT] && is_word(l, 0, "distinct") && next > end
      && (name_word(l, next) || at(l, next) == '`' || at(l, next) == '('))
    return give(lexer, DISTINCT);
  if (valid[AGGREGATE] && is_one_of(l, 0, AGGREGATES) && at(l, end) == '(') return give(lexer, AGGREGATE);
  if (valid[BOOLEAN] && is_one_of(l, 0, BOOLEANS) && whole(l, end)) return give(lexer, BOOLEAN);
  if (valid[NOW] && is_word(l, 0, "now") && whole(l, end)) return give(lexer, NOW);
  if (valid[TODAY] && is_word(l, 0, "today") && whole(l, end)) return give(lexer, TODAY);
  if (valid[PERIOD] && period(l, 0)) return give(lexer, PERIOD);
  if (valid[ROLLING] && rolling(l, 0)) return give(lexer, ROLLING);
  return names(scanner, lexer, l, valid);
}

bool tree_sitter_lead_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Scanner *scanner = payload;
  bool recovering = valid[ERROR_RECOVERY];

  if (scanner->length > 0) {
    uint16_t length = scanner->length;
    scanner->length = 0;
    if (valid[WORDS] && !recovering) {
      for (; length > 0 && !lexer->eof(lexer); length--) lexer->advance(lexer, false);
      lexer->mark_end(lexer);
      return give(lexer, WORDS);
    }
  }

  // Behind a point a name follows at once.
  if (valid[MEMBER] && !recovering && is_space(lexer->lookahead)) return false;

  lexer->mark_end(lexer);
  bool at_start = lexer->get_column(lexer) == 0;
  bool new_line = false;
  while (is_space(lexer->lookahead) && !lexer->eof(lexer)) {
    if (lexer->lookahead == '\n') new_line = true;
    at_start = lexer->lookahead == '\n';
    lexer->advance(lexer, !recovering);
  }
  if (!at_start) scanner->forced = 0;

  bool wants_line = any(valid, SCORE_LINE, TABLE_LINE) && !recovering;
  bool wants_end = valid[END] && !recovering;
  bool comment = lexer->lookahead == '#' && !lexer->eof(lexer);

  if (comment) {
    if (!wants_end && !wants_line) return false;
    Next next = look_ahead(lexer);
    bool statement = next.column == 0 && next.new_line && next.c != ')' && next.c != ']';
    if (wants_end && (next.c == 0 || statement)) return give(lexer, END);
    if (!wants_line || !next.new_line || next.c == 0 || statement) return false;
    new_line = true;
  } else if (lexer->eof(lexer)) {
    return wants_end ? give(lexer, END) : false;
  } else if (at_start && lexer->lookahead != ')' && lexer->lookahead != ']' && (new_line || !scanner->begun)) {
    // A statement starts here.
    if (wants_end) return give(lexer, END);
    bool starts = any(valid, ENTITY_START, TABLE_START);
    if (recovering && new_line) {
      // What was broken ends here. The end has a width, so that there is progress.
      lexer->mark_end(lexer);
      scanner->begun = 0;
      scanner->forced = 0;
      return give(lexer, END);
    }
    if (!starts || recovering) {
      // Where none is expected the one above is not complete: its end is told all the same, once.
      if (scanner->forced) return false;
      scanner->forced = 1;
      if (!starts) {
        scanner->begun = 0;
        return give(lexer, END);
      }
    }
    lexer->mark_end(lexer);
    Look look;
    fill(lexer, &look);
    int kind = classify(&look);
    if (kind < 0 || !valid[kind]) return false;
    scanner->begun = 1;
    return give(lexer, (enum Token)kind);
  }

  if (recovering) return false;

  if (comment) {
    Look look;
    fill(lexer, &look);
    return line(&look, valid, lexer);
  }
  lexer->mark_end(lexer);
  Look look;
  fill(lexer, &look);
  if (wants_line && new_line && line(&look, valid, lexer)) return true;
  if (at(&look, 0) == '-' && at(&look, 1) != '>') {
    if (valid[MINUS] && (is_space(at(&look, 1)) || at(&look, 1) == '(')) return give(lexer, MINUS);
    return valid[NEGATE] ? give(lexer, NEGATE) : false;
  }
  if (is_letter(at(&look, 0)) || at(&look, 0) == '`') return words(scanner, lexer, &look, valid);
  return false;
}

// --- memory ---

void *tree_sitter_lead_external_scanner_create(void) {
  static Scanner empty = {0, 0, 0};
  Scanner *scanner = ts_malloc(sizeof(Scanner));
  *scanner = empty;
  return scanner;
}

void tree_sitter_lead_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_lead_external_scanner_serialize(void *payload, char *buffer) {
  Scanner *scanner = payload;
  buffer[0] = (char)(scanner->length & 0xFF);
  buffer[1] = (char)(scanner->length >> 8);
  buffer[2] = (char)scanner->forced;
  buffer[3] = (char)scanner->begun;
  return 4;
}

void tree_sitter_lead_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  Scanner *scanner = payload;
  scanner->length = 0;
  scanner->forced = 0;
  scanner->begun = 0;
  if (length < 4) return;
  scanner->length = (uint16_t)((unsigned char)buffer[0] | (unsigned char)buffer[1] << 8);
  scanner->forced = (uint8_t)buffer[2];
  scanner->begun = (uint8_t)buffer[3];
}
