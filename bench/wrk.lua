-- Lets wrk say what came of it in the words of the benchmark.
done = function(summary)
  print(string.format("result %d %d", summary.duration * 1000, summary.requests))
end
