//: # Vectorization
//:
//: What list of numbers should stand for a word, so that words that mean similar things have
//: similar lists?
//:
//: This section is not written yet. It will build on school geometry: lengths and angles.

void vectorization() {}
