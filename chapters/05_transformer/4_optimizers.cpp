//: # Optimizers and schedules

void optimizers() {}
