# Writes a manual page anew with what '--help' of its program says: awk -f man/options.awk HELP PAGE
#
# Between the lines '.\" BEGIN synopsis|commands|options' and '.\" END' of the page everything is replaced; the rest stays as it is.
#
# For a page in another language, '-v words=FILE' names the translations, a line each: English, a tab, the other. Status 1, and each text
# that has none, where one is missing.

BEGIN {
  while (words != "" && (getline line < words) > 0) {
    gap = index(line, "\t")
    if (gap) other[substr(line, 1, gap - 1)] = substr(line, gap + 1)
  }
}

# A text in the language of the page.
function translated(text) {
  if (words == "" || text == "") return text
  if (!(text in other)) { print text > "/dev/stderr"; missing = 1 }
  return other[text]
}

function escaped(text) {
  gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); gsub(/~/, "\\(ti", text); gsub(/\^/, "\\(ha", text)
  return text ~ /^[.']/ ? "\\&" text : text
}

# A word with its punctuation plain, its dashes or first place in bold, its placeholder in italics.
function word(text, isFirst,  before, after) {
  if (text ~ /^[|]$/) return text
  if (text ~ /^\[/) { before = "["; text = substr(text, 2) }
  if (text ~ /[],]$/) { after = substr(text, length(text)); text = substr(text, 1, length(text) - 1) }
  if (index(text, "[=")) {
    after = "]"
    return "\\fB" escaped(substr(text, 1, index(text, "[=") - 1)) "\\fR[=\\fI" escaped(substr(text, index(text, "[=") + 2)) "\\fR" after
  }
  return before (isFirst || text ~ /^-/ ? "\\fB" : "\\fI") escaped(text) "\\fR" after
}

# '-s, --subject TEXT' as the tag of a paragraph.
function tag(head,  words, count, i, line) {
  count = split(head, words, " ")
  for (i = 1; i <= count; i++) line = line (i > 1 ? " " : "") word(words[i], i == 1)
  return line
}

function finish() {
  if (head != "") text[section] = text[section] ".TP\n" tag(head) "\n" escaped(translated(help)) "\n"
  head = help = ""
}

function add(words) { sub(/^ +/, "", words); help = help (help == "" ? "" : " ") words }

# The help.
FNR == NR && /^(usage:|   or:)/ {
  form = substr($0, 8)
  program = form; sub(/ .*/, "", program); sub(/^[^ ]* ?/, "", form)
  text["synopsis"] = text["synopsis"] (text["synopsis"] == "" ? "" : ".br\n") "\\fB" escaped(program) "\\fR " escaped(form) "\n"
}
FNR == NR && /^[a-z ]+:$/ {
  finish()
  section = $0 == "commands:" ? "commands" : "options"
  if (section == "options") text[section] = text[section] ".SS " translated(toupper(substr($0, 1, 1)) substr($0, 2, length($0) - 2)) "\n"
  next
}
FNR == NR && section != "" {
  if ($0 == "") { finish(); next }
  if (/^  (    )?[-a-z]/) {
    finish()
    row = $0; sub(/^ +/, "", row)
    # Two spaces stand before the help where both are on one line.
    gap = index(row, "  ")
    if (gap) { head = substr(row, 1, gap - 1); add(substr(row, gap)) } else head = row
  } else if (/^                            /) add($0)
  else { finish(); section = "" }
  next
}
FNR == NR { next }

# The page.
FNR == 1 && FNR != NR { finish() }
/^\.\\" END/ { inside = 0 }
!inside { print }
/^\.\\" BEGIN / {
  inside = 1
  if (text[$3] == "") { print "nothing in --help for " $3 > "/dev/stderr"; exit 1 }
  printf "%s", text[$3]
}

END { if (missing) exit 1 }
