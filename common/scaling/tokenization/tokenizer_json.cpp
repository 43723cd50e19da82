#include "common/scaling/tokenization/tokenizer_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/scaling/tokenization/bytes.hpp"
#include "common/scaling/tokenization/sentence_piece.hpp"
#include "common/scaling/tokenization/vocabulary_json.hpp"

namespace llm {

namespace {

/// The sign that stands for a space in the pieces of SentencePiece.
constexpr const char* space_sign = "\u2581";

/// A text with every occurrence of a part replaced.
std::string replaced(std::string text, const std::string& part, const std::string& by) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.replace(at, part.size(), by);
    at += by.size();
  }
  return text;
}

/// A field of an object; `otherwise` where it is missing or null. Throws std::runtime_error, naming
/// the field, for a value of another type and for what is no object.
template <class Value>
Value field_of(const SortedJson& object, const std::string& name, Value otherwise) {
  if (!object.is_object()) {
    throw std::runtime_error(fmt::format(
        "{} stands where an object with the field \"{}\" was expected", object.dump(), name));
  }
  if (!object.contains(name) || object.at(name).is_null()) return otherwise;
  try {
    return object.at(name).get<Value>();
  } catch (const SortedJson::exception&) {
    throw std::runtime_error(
        fmt::format("the field \"{}\" cannot be {}", name, object.at(name).dump()));
  }
}

/// Throws unless a field is missing, null or one of these.
void expect(const SortedJson& object, const std::string& name,
            const std::vector<SortedJson>& allowed) {
  if (!object.contains(name) || object.at(name).is_null()) return;
  if (std::find(allowed.begin(), allowed.end(), object.at(name)) != allowed.end()) return;
  std::string words = "nothing";
  for (const SortedJson& value : allowed) words += " or " + value.dump();
  throw std::runtime_error(
      fmt::format("the field \"{}\" is {}, expected {}", name, object.at(name).dump(), words));
}

/// The step of bytes as letters: a pre-tokenizer or a decoder.
SortedJson byte_level(bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

/// The step that cuts a text by an expression.
SortedJson split(const std::string& expression) {
  return {{"type", "Split"},
          {"pattern", {{"Regex", expression}}},
          {"behavior", "Isolated"},
          {"invert", false}};
}

/// The pre-tokenizer of a byte-pair tokenizer. GPT-2's expression is what ByteLevel has itself.
SortedJson pre_tokenizer_json(const std::string& expression) {
  if (expression.empty()) return byte_level(false);
  if (expression == expression_of(Pattern::gpt2)) return byte_level(true);
  return {{"type", "Sequence"}, {"pretokenizers", {split(expression), byte_level(false)}}};
}

/// The expression of a pre-tokenizer.
std::string expression_in(const SortedJson& step) {
  const auto type_of = [](const SortedJson& one) {
    return one.is_object() ? field_of<std::string>(one, "type", "") : "";
  };
  if (type_of(step) == "ByteLevel") {
    expect(step, "add_prefix_space", {false});
    return field_of(step, "use_regex", true) ? expression_of(Pattern::gpt2) : "";
  }
  const SortedJson steps =
      type_of(step) == "Sequence" ? field_of(step, "pretokenizers", SortedJson()) : SortedJson();
  if (!steps.is_array() || steps.size() != 2 || type_of(steps[0]) != "Split" ||
      type_of(steps[1]) != "ByteLevel" || field_of(steps[1], "use_regex", true)) {
    throw std::runtime_error(fmt::format(
        "the field \"pre_tokenizer\" is {}, expected ByteLevel, or Split and a ByteLevel without "
        "its own regex",
        step.dump()));
  }
  expect(steps[0], "behavior", {"Isolated"});
  expect(steps[0], "invert", {false});
  expect(steps[1], "add_prefix_space", {false});
  return field_of<std::string>(field_of(steps[0], "pattern", SortedJson::object()), "Regex", "");
}

/// The entry of a special token.
SortedJson special_json(const std::string& text, Token token) {
  return {{"id", token},     {"content", text},     {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

/// The special tokens of a file.
std::vector<std::pair<std::string, Token>> specials_in(const SortedJson& json) {
  std::vector<std::pair<std::string, Token>> specials;
  const SortedJson entries = field_of(json, "added_tokens", SortedJson::array());
  if (!entries.is_array()) throw std::runtime_error("the field \"added_tokens\" is no array");
  for (const SortedJson& entry : entries) {
    for (const char* choice : {"single_word", "lstrip", "rstrip"}) expect(entry, choice, {false});
    specials.emplace_back(field_of<std::string>(entry, "content", ""),
                          field_of<Token>(entry, "id", -1));
  }
  return specials;
}

/// The merges of a model, each a line "left right" or an array of the two.
std::vector<std::pair<std::string, std::string>> merges_in(const SortedJson& model) {
  if (!model.contains("merges") || !model.at("merges").is_array()) {
    throw std::runtime_error("the field \"merges\" is missing, expected an array");
  }
  std::vector<std::pair<std::string, std::string>> merges;
  for (const SortedJson& merge : model.at("merges")) {
    const bool is_pair =
        merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string();
    if (!is_pair && !merge.is_string()) {
      throw std::runtime_error(
          fmt::format("merge {} is {}, expected two tokens", merges.size(), merge.dump()));
    }
    merges.push_back(is_pair ? std::pair(merge[0].get<std::string>(), merge[1].get<std::string>())
                             : words_of_merge(merge.get<std::string>(), merges.size()));
  }
  return merges;
}

/// Throws for a model with what this library does not have.
void check_model(const SortedJson& model) {
  expect(model, "dropout", {0, 0.0});
  expect(model, "continuing_subword_prefix", {""});
  expect(model, "end_of_word_suffix", {""});
}

/// A byte-level tokenizer: `rest` is the file without its model.
SharedTokenizer byte_pairs_in(const SortedJson& rest, const SortedJson& model) {
  expect(rest, "normalizer", {});
  const SortedJson decoder = field_of(rest, "decoder", SortedJson::object());
  if (!decoder.is_object() || field_of<std::string>(decoder, "type", "") != "ByteLevel") {
    throw std::runtime_error(
        fmt::format("the field \"decoder\" is {}, expected a ByteLevel", decoder.dump()));
  }
  BytePairVocabulary vocabulary;
  const auto specials = specials_in(rest);
  vocabulary.bytes = words_by_number(field_of(model, "vocab", SortedJson()), specials);
  for (const auto& [text, token] : specials) vocabulary.specials.push_back({text, token});
  for (std::size_t i = 0; i < vocabulary.bytes.size(); ++i) {
    const SpecialToken entry{vocabulary.bytes[i], static_cast<Token>(i)};
    const auto& list = vocabulary.specials;
    if (std::find(list.begin(), list.end(), entry) != list.end()) continue;
    vocabulary.bytes[i] = bytes_of_letters(vocabulary.bytes[i]);
  }
  const auto numbers = numbers_of_words(vocabulary.bytes);
  for (const auto& [left, right] : merges_in(model)) {
    vocabulary.merges.push_back(merge_of_words(numbers, vocabulary.merges.size(),
                                               bytes_of_letters(left), bytes_of_letters(right)));
  }
  vocabulary.whole_pieces_first = field_of(model, "ignore_merges", false);
  return std::make_shared<BytePairTokenizer>(
      std::move(vocabulary),
      PreTokenizer(expression_in(field_of(rest, "pre_tokenizer", SortedJson()))));
}

/// The normalizer of SentencePiece's style: spaces become signs, with one before the text or not.
SortedJson space_normalizer(bool space_first) {
  const SortedJson replace = {
      {"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", space_sign}};
  if (!space_first) return replace;
  return {{"type", "Sequence"},
          {"normalizers", {{{"type", "Prepend"}, {"prepend", space_sign}}, replace}}};
}

/// The decoder of SentencePiece's style.
SortedJson space_decoder(bool space_first) {
  SortedJson steps = {
      {{"type", "Replace"}, {"pattern", {{"String", space_sign}}}, {"content", " "}},
      {{"type", "ByteFallback"}},
      {{"type", "Fuse"}}};
  if (space_first) {
    steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  }
  return {{"type", "Sequence"}, {"decoders", steps}};
}

/// A tokenizer in SentencePiece's style.
SharedTokenizer sentence_pieces_in(const SortedJson& rest, const SortedJson& model) {
  expect(rest, "pre_tokenizer", {});
  expect(rest, "normalizer", {space_normalizer(true), space_normalizer(false)});
  SentencePieceVocabulary vocabulary;
  vocabulary.space_first = field_of(rest, "normalizer", SortedJson()) == space_normalizer(true);
  expect(rest, "decoder", {space_decoder(vocabulary.space_first)});
  vocabulary.pieces = words_by_number(field_of(model, "vocab", SortedJson()), specials_in(rest));
  for (std::string& piece : vocabulary.pieces) piece = replaced(piece, space_sign, " ");
  const auto numbers = numbers_of_words(vocabulary.pieces);
  for (const auto& [left, right] : merges_in(model)) {
    vocabulary.ranks.push_back(static_cast<std::uint32_t>(vocabulary.merges.size()));
    vocabulary.merges.push_back(merge_of_words(numbers, vocabulary.merges.size(),
                                               replaced(left, space_sign, " "),
                                               replaced(right, space_sign, " ")));
  }
  return std::make_shared<SentencePieceTokenizer>(std::move(vocabulary));
}

/// A whole file: steps around a model.
std::string tokenizer_file(const SortedJson& added, const SortedJson& normalizer,
                           const SortedJson& cutter, const SortedJson& decoder,
                           const SortedJson& model) {
  SortedJson json = {{"version", "1.0"},
                     {"truncation", nullptr},
                     {"padding", nullptr},
                     {"post_processor", nullptr}};
  json["added_tokens"] = added;
  json["normalizer"] = normalizer;
  json["pre_tokenizer"] = cutter;
  json["decoder"] = decoder;
  json["model"] = model;
  return json.dump(1) + "\n";
}

/// A model of merges without vocabulary.
SortedJson empty_model() {
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", nullptr},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", false},
          {"vocab", SortedJson::object()},
          {"merges", SortedJson::array()}};
}

}  // namespace

std::string BytePairTokenizer::to_json() const {
  std::vector<std::string> words;
  for (const std::string& bytes : vocabulary.bytes) words.push_back(letters_of_bytes(bytes));
  SortedJson added = SortedJson::array();
  for (const SpecialToken& special : vocabulary.specials) {
    added.push_back(special_json(special.text, special.token));
    words[static_cast<std::size_t>(special.token)] = special.text;
  }
  SortedJson model = empty_model();
  model["ignore_merges"] = vocabulary.whole_pieces_first;
  for (std::size_t i = 0; i < words.size(); ++i) model["vocab"][words[i]] = i;
  for (const Merge& merge : vocabulary.merges) {
    model["merges"].push_back({words[static_cast<std::size_t>(merge.left)],
                               words[static_cast<std::size_t>(merge.right)]});
  }
  return tokenizer_file(added, nullptr, pre_tokenizer_json(pre_tokenizer.expression),
                        byte_level(true), model);
}

std::string SentencePieceTokenizer::to_json() const {
  std::vector<std::string> words;
  for (const std::string& piece : vocabulary.pieces) {
    words.push_back(replaced(piece, " ", space_sign));
  }
  SortedJson added = SortedJson::array();
  for (std::size_t i = 0; i < 3 && i < words.size(); ++i) {
    added.push_back(special_json(words[i], static_cast<Token>(i)));
  }
  std::vector<std::size_t> order(vocabulary.merges.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
    return vocabulary.ranks[one] < vocabulary.ranks[other];
  });
  SortedJson model = empty_model();
  model["unk_token"] = words.empty() ? "" : words[0];
  model["fuse_unk"] = model["byte_fallback"] = true;
  for (std::size_t i = 0; i < words.size(); ++i) model["vocab"][words[i]] = i;
  for (const std::size_t i : order) {
    model["merges"].push_back({words[static_cast<std::size_t>(vocabulary.merges[i].left)],
                               words[static_cast<std::size_t>(vocabulary.merges[i].right)]});
  }
  return tokenizer_file(added, space_normalizer(vocabulary.space_first), nullptr,
                        space_decoder(vocabulary.space_first), model);
}

SharedTokenizer any_tokenizer_from_json(std::string_view text) {
  SortedJson json = SortedJson::parse(text);
  if (!json.is_object() || !json.contains("model") || !json.at("model").is_object()) {
    throw std::runtime_error("the field \"model\" is missing, expected the model of a tokenizer");
  }
  const SortedJson model = std::move(json["model"]);
  const auto type = field_of<std::string>(model, "type", "BPE");
  if (type == "WordLevel") return tokenizer_from_json(text);
  if (type != "BPE") {
    throw std::runtime_error(
        fmt::format("the model's field \"type\" is \"{}\", expected BPE or WordLevel", type));
  }
  check_model(model);
  return field_of(model, "byte_fallback", false) ? sentence_pieces_in(json, model)
                                                 : byte_pairs_in(json, model);
}

}  // namespace llm
