//: # Byte-pair encoding
//:
//: What should a token be, if neither a character nor a word?
//:
//: This section is not written yet. It will build on the vocabulary of chapter 1.

void byte_pair_encoding() {}
