//: # The decoder loop
//:
//: How does a model that predicts one token write a page?
//:
//: This section is not written yet. It will build on the trained model of section 5.3.

void decoder_loop() {}
