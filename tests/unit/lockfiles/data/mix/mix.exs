defmodule Shop.MixProject do
  use Mix.Project

  def project do
    [
      app: :shop,
      version: "0.1.0",
      deps: deps(),
      aliases: aliases()
    ]
  end

  # defp deps do [] end
  defp deps do
    [
      {:cowboy, "~> 2.10"},
      {:credo, "~> 1.7", only: [:dev, :test], runtime: false},
      {:eini, "~> 2.2", hex: :eini_beam, runtime: Mix.env() == :dev},
      {:forked, git: "https://git.example/forked.git", branch: "main"},
      # {:gone, "~> 1.0"},
      {:private, "~> 0.1", organization: "acme", only: :prod}
    ]
  end

  defp aliases, do: []
end
