#include "common/scaling/tokenization/tokenizer_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/scaling/tokenization/bytes.hpp"
#include "common/scaling/tokenization/sentence_piece.hpp"
#include "common/scaling/tokenization/vocabulary_json.hpp"
#include "common/transformer/storage/json_fields.hpp"

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

/// Throws unless a field is missing, null or one of these.
void expect(const Json& object, const std::string& name, const std::vector<Json>& allowed) {
  if (!object.contains(name) || object.at(name).is_null()) return;
  if (std::find(allowed.begin(), allowed.end(), object.at(name)) != allowed.end()) return;
  std::string words = "nothing";
  for (const Json& value : allowed) words += " or " + value.dump();
  throw std::runtime_error(
      fmt::format("the field \"{}\" is {}, expected {}", name, object.at(name).dump(), words));
}

/// The step of bytes as letters: a pre-tokenizer or a decoder.
Json byte_level(bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

/// The step that cuts a text by an expression.
Json split(const std::string& expression) {
  return {{"type", "Split"},
          {"pattern", {{"Regex", expression}}},
          {"behavior", "Isolated"},
          {"invert", false}};
}

/// The pre-tokenizer of a byte-pair tokenizer. GPT-2's expression is what ByteLevel has itself.
Json pre_tokenizer_json(const std::string& expression) {
  if (expression.empty()) return byte_level(false);
  if (expression == expression_of(Pattern::gpt2)) return byte_level(true);
  return {{"type", "Sequence"}, {"pretokenizers", {split(expression), byte_level(false)}}};
}

/// The expression of a pre-tokenizer.
std::string expression_in(const Json& step) {
  if (step.is_object() && step.value("type", "") == "ByteLevel") {
    expect(step, "add_prefix_space", {false});
    return step.value("use_regex", true) ? expression_of(Pattern::gpt2) : "";
  }
  const bool is_sequence =
      step.is_object() && step.value("type", "") == "Sequence" && step.contains("pretokenizers");
  const Json steps = is_sequence ? step.at("pretokenizers") : Json();
  if (!steps.is_array() || steps.size() != 2 || steps[0].value("type", "") != "Split" ||
      steps[1].value("type", "") != "ByteLevel" || steps[1].value("use_regex", true)) {
    throw std::runtime_error(fmt::format(
        "the field \"pre_tokenizer\" is {}, expected ByteLevel, or Split and a ByteLevel without "
        "its own regex",
        step.dump()));
  }
  expect(steps[0], "behavior", {"Isolated"});
  expect(steps[0], "invert", {false});
  expect(steps[1], "add_prefix_space", {false});
  std::string expression;
  require_field(steps[0].value("pattern", Json::object()), "Regex", expression);
  return expression;
}

/// The entry of a special token.
Json special_json(const std::string& text, Token token) {
  return {{"id", token},     {"content", text},     {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

/// The special tokens of a file.
std::vector<std::pair<std::string, Token>> specials_in(const Json& json) {
  std::vector<std::pair<std::string, Token>> specials;
  for (const Json& entry : json.value("added_tokens", Json::array())) {
    std::string text;
    Token token = 0;
    require_field(entry, "content", text);
    require_field(entry, "id", token);
    for (const char* choice : {"single_word", "lstrip", "rstrip"}) expect(entry, choice, {false});
    specials.emplace_back(text, token);
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
void check_model(const Json& model) {
  expect(model, "dropout", {0, 0.0});
  expect(model, "continuing_subword_prefix", {""});
  expect(model, "end_of_word_suffix", {""});
}

/// A byte-level tokenizer: `rest` is the file without vocabulary and merges.
SharedTokenizer byte_pairs_in(const Json& rest, const SortedJson& model) {
  expect(rest, "normalizer", {});
  expect(rest.value("decoder", Json::object()), "type", {"ByteLevel"});
  BytePairVocabulary vocabulary;
  const auto specials = specials_in(rest);
  vocabulary.bytes = words_by_number(model.value("vocab", SortedJson()), specials);
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
  read_field(rest.at("model"), "ignore_merges", vocabulary.whole_pieces_first);
  return std::make_shared<BytePairTokenizer>(
      std::move(vocabulary), PreTokenizer(expression_in(rest.value("pre_tokenizer", Json()))));
}

/// The normalizer of SentencePiece's style: spaces become signs, with one before the text or not.
Json space_normalizer(bool space_first) {
  const Json replace = {
      {"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", space_sign}};
  if (!space_first) return replace;
  return {{"type", "Sequence"},
          {"normalizers", {{{"type", "Prepend"}, {"prepend", space_sign}}, replace}}};
}

/// The decoder of SentencePiece's style.
Json space_decoder(bool space_first) {
  Json steps = {{{"type", "Replace"}, {"pattern", {{"String", space_sign}}}, {"content", " "}},
                {{"type", "ByteFallback"}},
                {{"type", "Fuse"}}};
  if (space_first) {
    steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  }
  return {{"type", "Sequence"}, {"decoders", steps}};
}

/// A tokenizer in SentencePiece's style.
SharedTokenizer sentence_pieces_in(const Json& rest, const SortedJson& model) {
  expect(rest, "pre_tokenizer", {});
  expect(rest, "normalizer", {space_normalizer(true), space_normalizer(false)});
  SentencePieceVocabulary vocabulary;
  vocabulary.space_first = rest.value("normalizer", Json()) == space_normalizer(true);
  expect(rest, "decoder", {space_decoder(vocabulary.space_first)});
  vocabulary.pieces = words_by_number(model.value("vocab", SortedJson()), specials_in(rest));
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
std::string tokenizer_file(const Json& added, const Json& normalizer, const Json& cutter,
                           const Json& decoder, const SortedJson& model) {
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
  Json added = Json::array();
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
  Json added = Json::array();
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
  SortedJson model = std::move(json["model"]);
  json["model"] = SortedJson::object();
  for (const auto& [name, value] : model.items()) {
    if (name != "vocab" && name != "merges") json["model"][name] = value;
  }
  const Json rest(json);
  std::string type = "BPE";
  read_field(rest.at("model"), "type", type);
  if (type == "WordLevel") return tokenizer_from_json(text);
  if (type != "BPE") {
    throw std::runtime_error(
        fmt::format("the model's field \"type\" is \"{}\", expected BPE or WordLevel", type));
  }
  check_model(rest.at("model"));
  bool has_byte_pieces = false;
  read_field(rest.at("model"), "byte_fallback", has_byte_pieces);
  return has_byte_pieces ? sentence_pieces_in(rest, model) : byte_pairs_in(rest, model);
}

}  // namespace llm
