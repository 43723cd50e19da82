//: # The training loop
//:
//: How surprised is the model by the next character, and how does it become less so?
//:
//: This section is not written yet. It will build on the backward passes of section 4.3.

void training_loop() {}
