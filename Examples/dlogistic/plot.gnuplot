set terminal svg size 640,400 background rgb "white"
set output "dlogistic.svg"
set title "Slope of the logistic curve"
set xlabel "x"
set grid
plot "dlogistic.dat" using 1:2 with lines linewidth 2 title "d/dx 1 / (1 + exp(-x))"
