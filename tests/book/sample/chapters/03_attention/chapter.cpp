//: # Attention
//:
//: The chapter's introduction.

void scores();

int main() {
  scores();
}
