//: # Multi-head attention
//:
//: What can two heads of half the width learn that one head cannot?
//:
//: This section is not written yet. It will build on the attention of section 3.2.

void multi_head() {}
