#pragma once

#include "common/transformer/storage/model_directory.hpp"

/// The model that section 5.7 has trained and kept, with its tokenizer of characters. Where there
/// is none yet, it is trained now, in some minutes.
llm::Model trained_model();
