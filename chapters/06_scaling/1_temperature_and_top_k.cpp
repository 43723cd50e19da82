//: # Temperature and top-k
//:
//: Which of the probable tokens should come next: always the likeliest, or now and then another?
//:
//: This section is not written yet. It will build on the decoder loop of section 5.5.

void temperature_and_top_k() {}
